/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/main_cf.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

static int append_entry(struct main_cf *main_cf, const char *name, const char *value)
{
    if (main_cf->count == main_cf->capacity) {
        size_t capacity = main_cf->capacity ? 2 * main_cf->capacity : 64;
        struct main_cf_entry *entries = realloc(main_cf->entries, capacity * sizeof(*entries));
        if (!entries)
            return -ENOMEM;
        main_cf->entries = entries;
        main_cf->capacity = capacity;
    }
    main_cf->entries[main_cf->count++] = (struct main_cf_entry){name, value};
    return 0;
}

int main_cf_set(struct main_cf *main_cf, const char *name, const char *value)
{
    const char *name_copy = arena_copy(&main_cf->arena, name, strlen(name));
    const char *value_copy = arena_copy(&main_cf->arena, value, strlen(value));
    return name_copy && value_copy ? append_entry(main_cf, name_copy, value_copy) : -ENOMEM;
}

/* Ends a logical line: "name = value". */
static int end_line(struct main_cf *main_cf, struct text *line)
{
    int error = line->error;
    char *equals = line->length > 0 && error == 0 ? strchr(line->data, '=') : NULL;
    if (equals) {
        *equals = '\0';
        error = main_cf_set(main_cf, parse_trim(line->data), parse_trim(equals + 1));
    }
    text_clear(line);
    return error;
}

static int add_line(struct main_cf *main_cf, struct text *line, const char *start, size_t length)
{
    size_t blanks = 0;
    while (blanks < length && isspace((unsigned char)start[blanks]))
        blanks++;
    /* Comments and blank lines do not end a logical line. */
    if (blanks == length || start[blanks] == '#')
        return 0;
    int error = blanks == 0 ? end_line(main_cf, line) : 0;
    /* A continuation of nothing is skipped. */
    if (error == 0 && (blanks == 0 || line->length > 0))
        text_append(line, start, length);
    return error;
}

int main_cf_parse(struct main_cf *main_cf, const char *text, size_t length)
{
    if (length > 0 && memchr(text, '\0', length))
        return -EINVAL;
    struct text line = TEXT_EMPTY;
    int error = 0;
    for (size_t at = 0; at < length && error == 0;) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t size = newline ? (size_t)(newline - text) - at : length - at;
        error = add_line(main_cf, &line, text + at, size);
        at += size + 1;
    }
    if (error == 0)
        error = end_line(main_cf, &line);
    text_free(&line);
    return error;
}

size_t main_cf_find(const struct main_cf *main_cf, const char *name)
{
    for (size_t i = main_cf->count; i > 0; i--)
        if (strcmp(main_cf->entries[i - 1].name, name) == 0)
            return i - 1;
    return main_cf->count;
}

void main_cf_free(struct main_cf *main_cf)
{
    arena_free(&main_cf->arena);
    free(main_cf->entries);
    *main_cf = MAIN_CF_EMPTY;
}
