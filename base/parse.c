/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int parse_unsigned(const char *text, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (!*text)
        return -EINVAL;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        if (__builtin_mul_overflow(number, (uint64_t)10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
            return -ERANGE;
    }
    *ret_number = number;
    return 0;
}

int parse_signed(const char *text, int64_t *ret_number)
{
    bool negative = *text == '-';
    uint64_t number;
    int error = parse_unsigned(text + negative, &number);
    if (error < 0)
        return error;
    if (number > (uint64_t)INT64_MAX)
        return -ERANGE;
    *ret_number = negative ? -(int64_t)number : (int64_t)number;
    return 0;
}

int parse_real(const char *text, double *ret_number)
{
    /* strtod() also takes blanks, hexadecimal, "inf" and "nan"; a number of ours begins with a digit, sign or point. */
    if (strspn(text, "0123456789+-.eE") != strlen(text))
        return -EINVAL;
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end)
        return -EINVAL;
    if (!isfinite(number))
        return -ERANGE;
    *ret_number = number;
    return 0;
}

static const struct {
    const char *name;
    int64_t nanoseconds;
} duration_units[] = {
    /* "ms" before "m": the longer spelling first. */
    {"ms", INT64_C(1000000)},      {"s", INT64_C(1000000000)},     {"m", INT64_C(60000000000)},
    {"h", INT64_C(3600000000000)}, {"d", INT64_C(86400000000000)}, {"w", INT64_C(604800000000000)},
};

static int64_t duration_unit(const char **text)
{
    for (size_t i = 0; i < sizeof(duration_units) / sizeof(duration_units[0]); i++) {
        size_t length = strlen(duration_units[i].name);
        if (strncmp(*text, duration_units[i].name, length) == 0) {
            *text += length;
            return duration_units[i].nanoseconds;
        }
    }
    return 0;
}

int parse_duration(const char *text, int64_t *ret_nanoseconds)
{
    int64_t total = 0, previous = INT64_MAX;
    if (strcmp(text, "0") == 0) {
        *ret_nanoseconds = 0;
        return 0;
    }
    if (!*text)
        return -EINVAL;
    while (*text) {
        int64_t number = 0;
        const char *digits = text;
        for (; *text >= '0' && *text <= '9'; text++)
            if (__builtin_mul_overflow(number, (int64_t)10, &number) ||
                __builtin_add_overflow(number, (int64_t)(*text - '0'), &number))
                return -ERANGE;
        int64_t unit = text == digits ? 0 : duration_unit(&text);
        if (unit == 0 || unit >= previous)
            return -EINVAL;
        previous = unit;
        if (__builtin_mul_overflow(number, unit, &number) || __builtin_add_overflow(total, number, &total))
            return -ERANGE;
    }
    *ret_nanoseconds = total;
    return 0;
}

int parse_boolean(const char *text, bool *ret_value)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", NULL};
    unsigned index;
    if (parse_word(text, words, &index) < 0)
        return -EINVAL;
    *ret_value = index % 2 == 1;
    return 0;
}

int parse_word(const char *text, const char *const *words, unsigned *ret_index)
{
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(text, words[i]) == 0) {
            *ret_index = i;
            return 0;
        }
    }
    return -EINVAL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

char *parse_field(char **rest)
{
    char *start = *rest;
    while (is_blank(*start))
        start++;
    if (!*start) {
        *rest = start;
        return NULL;
    }
    char *end = start;
    while (*end && !is_blank(*end))
        end++;
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

char *parse_line(char **rest)
{
    char *start = *rest;
    if (!*start)
        return NULL;
    char *end = strchrnul(start, '\n');
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

char *parse_trim(char *text)
{
    while (is_blank(*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}
