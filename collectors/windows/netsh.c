/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/windows/netsh.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "collectors/windows/command.h"

#define DIGITS "0123456789"

const char *const netsh_family_words[] = {"ipv4", "ipv6", NULL};

static int ask(const char *program, const char *arguments, struct text *buffer)
{
    text_clear(buffer);
    int error = command_run(program, arguments, buffer);
    return error < 0 ? error : buffer->error ? buffer->error : buffer->length > 0 ? 0 : -EINVAL;
}

static int ask_netsh(enum netsh_family family, const char *what, struct text *buffer)
{
    char arguments[64];
    (void)snprintf(arguments, sizeof(arguments), "int %s show %s tcp", netsh_family_words[family], what);
    return ask("netsh.exe", arguments, buffer);
}

/* The number that a line ends in after some words; false where it does not. */
static bool ends_in_number(const char *line, uint64_t *ret_number)
{
    size_t length = strlen(line), digits = 0;
    while (digits < length && strchr(DIGITS, line[length - 1 - digits]))
        digits++;
    return digits > 0 && digits < length && parse_unsigned(line + length - digits, ret_number) == 0;
}

static int make_range(uint64_t start, uint64_t count, struct netsh_range *ret_range)
{
    if (start == 0 || count == 0 || start > UINT16_MAX || count > UINT16_MAX || start + count - 1 > UINT16_MAX)
        return -EINVAL;
    *ret_range = (struct netsh_range){(uint16_t)start, (uint16_t)(start + count - 1)};
    return 0;
}

int netsh_dynamic_range(enum netsh_family family, struct text *buffer, struct netsh_range *ret_range)
{
    uint64_t numbers[2];
    size_t count = 0;
    int error = ask_netsh(family, "dynamicport", buffer);
    if (error < 0)
        return error;
    char *rest = buffer->data;
    for (char *line; (line = parse_line(&rest)) != NULL;) {
        uint64_t number;
        if (!ends_in_number(parse_trim(line), &number))
            continue;
        if (count == 2)
            return -EINVAL;
        numbers[count++] = number;
    }
    return count == 2 ? make_range(numbers[0], numbers[1], ret_range) : -EINVAL;
}

/* A line of two ports, and a star after them where an administrator made the exclusion. */
static bool is_exclusion(char *line, uint64_t *ret_low, uint64_t *ret_high)
{
    const char *low = parse_field(&line), *high = low ? parse_field(&line) : NULL;
    const char *star = high ? parse_field(&line) : NULL;
    return high && (!star || strcmp(star, "*") == 0) && parse_unsigned(low, ret_low) == 0 &&
           parse_unsigned(high, ret_high) == 0;
}

int netsh_excluded(enum netsh_family family, struct text *buffer, struct text *list)
{
    int error = ask_netsh(family, "excludedportrange", buffer);
    if (error < 0)
        return error;
    char *rest = buffer->data;
    size_t start = list->length;
    for (char *line; (line = parse_line(&rest)) != NULL;) {
        uint64_t low, high;
        if (!is_exclusion(parse_trim(line), &low, &high))
            continue;
        if (low > high || high > UINT16_MAX)
            return -EINVAL;
        text_format(list, "%s%u", list->length > start ? "," : "", (unsigned)low);
        if (high > low)
            text_format(list, "-%u", (unsigned)high);
    }
    return list->error;
}

/* What stands behind the last colon of a line, or NULL. */
static char *after_colon(char *line)
{
    char *colon = strrchr(line, ':');
    return colon ? parse_trim(colon + 1) : NULL;
}

int netsh_autotuning(struct text *buffer, const char **ret_level)
{
    /* Other settings are disabled too, but only this one has the other words: where none of them stands, it is. */
    static const char *const levels[] = {"disabled", "normal", "restricted", "highlyrestricted", "experimental", NULL};
    unsigned found = 0, settings = 0;
    int error = ask("netsh.exe", "int tcp show global", buffer);
    if (error < 0)
        return error;
    char *rest = buffer->data;
    for (char *line; (line = parse_line(&rest)) != NULL;) {
        const char *value = after_colon(line);
        unsigned level;
        if (!value || !*value)
            continue;
        settings++;
        if (parse_word(value, levels, &level) == 0 && level > 0)
            found = level;
    }
    if (settings < 4)
        return -EINVAL;
    *ret_level = levels[found];
    return 0;
}

int netsh_auto_reuse_range(struct text *buffer, struct netsh_range *ret_range)
{
    struct netsh_range range = {0, 0};
    bool any = false;
    int error = ask("WindowsPowerShell\\v1.0\\powershell.exe",
                    "-NoProfile -NonInteractive -Command \"Get-NetTCPSetting | ForEach-Object { '{0} {1} {2}' -f "
                    "$_.SettingName, $_.AutoReusePortRangeStartPort, $_.AutoReusePortRangeNumberOfPorts }\"",
                    buffer);
    if (error < 0)
        return error;
    char *rest = buffer->data;
    for (char *line; (line = parse_line(&rest)) != NULL;) {
        uint64_t start, count;
        const char *name = parse_field(&line), *first = name ? parse_field(&line) : NULL;
        const char *second = first ? parse_field(&line) : NULL;
        if (!second || parse_unsigned(first, &start) < 0 || parse_unsigned(second, &count) < 0)
            continue;
        any = true;
        if (count > 0 && make_range(start, count, &range) < 0)
            return -EINVAL;
    }
    if (!any)
        return -EINVAL;
    *ret_range = range;
    return 0;
}
