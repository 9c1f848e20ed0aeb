/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/master_cf.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/parse.h"

/* The columns before the command. */
enum { NAME, TYPE, PRIVATE, UNPRIVILEGED, CHROOT, WAKEUP, PROCESS_LIMIT, COMMAND, COLUMNS };

/* Cuts the next argument off *rest: a word, or what stands between braces, which may hold blanks. */
static char *next_argument(char **rest)
{
    char *start = *rest;
    while (isspace((unsigned char)*start))
        start++;
    if (*start != '{') {
        *rest = start;
        return parse_field(rest);
    }
    size_t depth = 0;
    char *end = start;
    do {
        depth += *end == '{';
        depth -= *end == '}';
        end++;
    } while (depth > 0 && *end);
    if (depth > 0)
        return NULL;
    end[-1] = '\0';
    *rest = end;
    return start + 1;
}

/* name = value, in place. */
static bool split_override(char *text, struct main_cf_entry *ret_entry)
{
    char *equals = strchr(text, '=');
    if (!equals)
        return false;
    *equals = '\0';
    *ret_entry = (struct main_cf_entry){parse_trim(text), parse_trim(equals + 1)};
    return *ret_entry->name != '\0';
}

static size_t count_options(const char *arguments)
{
    size_t count = 0;
    for (const char *at = arguments; (at = strstr(at, "-o")); at++)
        count++;
    return count;
}

/* Options of other letters take their value in the same way; those without any are not told apart from it. */
static int read_overrides(struct arena *arena, char *arguments, struct master_service *service)
{
    struct main_cf_entry *overrides = arena_allocate(arena, (count_options(arguments) + 1) * sizeof(*overrides));
    if (!overrides)
        return -ENOMEM;
    for (char *word; (word = next_argument(&arguments));) {
        if (strncmp(word, "-o", 2) != 0)
            continue;
        char *setting = word[2] ? word + 2 : next_argument(&arguments);
        if (setting && split_override(setting, &overrides[service->override_count]))
            service->override_count++;
    }
    service->overrides = overrides;
    return 0;
}

static void add_service(struct master_cf *master_cf, const struct master_service *service)
{
    for (size_t i = 0; i < master_cf->count; i++) {
        struct master_service *other = &master_cf->services[i];
        if (strcmp(other->name, service->name) == 0 && strcmp(other->type, service->type) == 0) {
            *other = *service;
            return;
        }
    }
    if (master_cf->count < MASTER_CF_SERVICES)
        master_cf->services[master_cf->count++] = *service;
}

/* Ends a logical line. */
static int end_line(struct master_cf *master_cf, struct text *line)
{
    int error = line->error;
    char *rest = line->length > 0 && error == 0 ? arena_copy(&master_cf->arena, line->data, line->length) : NULL;
    if (line->length > 0 && !rest)
        error = -ENOMEM;
    text_clear(line);
    if (!rest || error < 0)
        return error;
    char *fields[COLUMNS];
    for (unsigned i = 0; i < COLUMNS; i++)
        if (!(fields[i] = parse_field(&rest)))
            return 0;
    struct master_service service = {fields[NAME], fields[TYPE], fields[PROCESS_LIMIT], fields[COMMAND], NULL, 0};
    error = read_overrides(&master_cf->arena, rest, &service);
    if (error == 0)
        add_service(master_cf, &service);
    return error;
}

static int add_line(struct master_cf *master_cf, struct text *line, const char *start, size_t length)
{
    size_t blanks = 0;
    while (blanks < length && isspace((unsigned char)start[blanks]))
        blanks++;
    /* Comments and blank lines do not end a logical line. */
    if (blanks == length || start[blanks] == '#')
        return 0;
    int error = blanks == 0 ? end_line(master_cf, line) : 0;
    if (error == 0 && (blanks == 0 || line->length > 0)) {
        text_append(line, start, length);
        text_append(line, " ", 1);
    }
    return error;
}

int master_cf_parse(struct master_cf *master_cf, const char *text, size_t length)
{
    if (length > 0 && memchr(text, '\0', length))
        return -EINVAL;
    master_cf->services = arena_allocate(&master_cf->arena, MASTER_CF_SERVICES * sizeof(*master_cf->services));
    if (!master_cf->services)
        return -ENOMEM;
    struct text line = TEXT_EMPTY;
    int error = 0;
    for (size_t at = 0; at < length && error == 0;) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t size = newline ? (size_t)(newline - text) - at : length - at;
        error = add_line(master_cf, &line, text + at, size);
        at += size + 1;
    }
    if (error == 0)
        error = end_line(master_cf, &line);
    text_free(&line);
    return error;
}

void master_cf_free(struct master_cf *master_cf)
{
    arena_free(&master_cf->arena);
    *master_cf = MASTER_CF_EMPTY;
}
