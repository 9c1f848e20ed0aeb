/* SPDX-License-Identifier: Apache-2.0
 * Expansion of main.cf values. The file belongs to root, but a mistake in it must not hang or kill the agent: depth,
 * work and size are bounded. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "collectors/mail/servers/postfix/main_cf.h"

#define DEPTH_MAX      20u
#define REFERENCES_MAX 1000u
#define SIZE_MAX_VALUE 65536u

struct expansion {
    const struct main_cf *main_cf;
    struct text *into;
    size_t limit; /* of into->length */
    unsigned depth;
    unsigned references;
};

/* A stretch of text. */
struct span {
    const char *start;
    size_t length;
};

static int expand(struct expansion *expansion, struct span text);

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t name_length(struct span text)
{
    size_t length = 0;
    while (length < text.length && is_name(text.start[length]))
        length++;
    return length;
}

static struct span after(struct span text, size_t length)
{
    return (struct span){text.start + length, text.length - length};
}

static struct span skip_blanks(struct span text)
{
    while (text.length > 0 && isspace((unsigned char)text.start[0]))
        text = after(text, 1);
    return text;
}

static const char *find(const struct main_cf *main_cf, struct span name)
{
    for (size_t i = main_cf->count; i > 0; i--) {
        const struct main_cf_entry *entry = &main_cf->entries[i - 1];
        if (strncmp(entry->name, name.start, name.length) == 0 && !entry->name[name.length])
            return entry->value;
    }
    return "";
}

static int append(struct expansion *expansion, struct span text)
{
    if (text.length > expansion->limit - expansion->into->length)
        return -E2BIG;
    text_append(expansion->into, text.start, text.length);
    return expansion->into->error;
}

/* text begins with the opening bracket; gives what lies between it and its counterpart. */
static int bracketed(struct span text, struct span *ret_inner)
{
    char open = text.start[0];
    char close = open == '{' ? '}' : ')';
    size_t nested = 0;
    for (size_t i = 0; i < text.length; i++) {
        nested += text.start[i] == open;
        if (text.start[i] == close && --nested == 0) {
            *ret_inner = (struct span){text.start + 1, i - 1};
            return 0;
        }
    }
    return -EINVAL;
}

/* What stands after "?" or ":": plain text, or {text} with perhaps :{text} for the other case. */
static int choices(struct span text, struct span *ret_first, struct span *ret_second)
{
    struct span first = skip_blanks(text);
    *ret_second = (struct span){"", 0};
    if (first.length == 0 || first.start[0] != '{') {
        *ret_first = text;
        return 0;
    }
    int error = bracketed(first, ret_first);
    if (error < 0)
        return error;
    struct span rest = skip_blanks(after(first, ret_first->length + 2));
    if (rest.length == 0)
        return 0;
    if (rest.start[0] != ':')
        return -EINVAL;
    rest = skip_blanks(after(rest, 1));
    return rest.length > 0 && rest.start[0] == '{' ? bracketed(rest, ret_second) : -EINVAL;
}

static int expand_name(struct expansion *expansion, struct span name)
{
    const char *value = find(expansion->main_cf, name);
    return expand(expansion, (struct span){value, strlen(value)});
}

static int expand_condition(struct expansion *expansion, struct span name, char mark, struct span text)
{
    struct span first;
    struct span second;
    int error = choices(text, &first, &second);
    if (error < 0)
        return error;
    bool set = *find(expansion->main_cf, name) != '\0';
    return expand(expansion, set == (mark == '?') ? first : second);
}

/* The inside of ${...} or $(...). */
static int expand_reference(struct expansion *expansion, struct span inner)
{
    inner = skip_blanks(inner);
    struct span name = {inner.start, name_length(inner)};
    if (name.length == 0)
        return inner.length > 0 && inner.start[0] == '{' ? -EOPNOTSUPP : -EINVAL;
    struct span rest = skip_blanks(after(inner, name.length));
    if (rest.length == 0)
        return expand_name(expansion, name);
    if (rest.start[0] != '?' && rest.start[0] != ':')
        return -EINVAL;
    return expand_condition(expansion, name, rest.start[0], after(rest, 1));
}

/* text follows a "$"; tells how much of it the reference takes. */
static int expand_dollar(struct expansion *expansion, struct span text, size_t *ret_used)
{
    if (++expansion->references > REFERENCES_MAX)
        return -ELOOP;
    if (text.length == 0)
        return -EINVAL;
    if (text.start[0] == '$') {
        *ret_used = 1;
        return append(expansion, (struct span){text.start, 1});
    }
    if (text.start[0] == '{' || text.start[0] == '(') {
        struct span inner;
        int error = bracketed(text, &inner);
        if (error < 0)
            return error;
        *ret_used = inner.length + 2;
        return expand_reference(expansion, inner);
    }
    *ret_used = name_length(text);
    return *ret_used > 0 ? expand_name(expansion, (struct span){text.start, *ret_used}) : -EINVAL;
}

static int expand(struct expansion *expansion, struct span text)
{
    if (expansion->depth == DEPTH_MAX)
        return -ELOOP;
    expansion->depth++;
    int error = 0;
    while (text.length > 0 && error == 0) {
        const char *dollar = memchr(text.start, '$', text.length);
        size_t plain = dollar ? (size_t)(dollar - text.start) : text.length;
        error = append(expansion, (struct span){text.start, plain});
        text = after(text, plain);
        if (!dollar || error < 0)
            break;
        size_t used = 0;
        error = expand_dollar(expansion, after(text, 1), &used);
        text = after(text, error < 0 ? text.length : used + 1);
    }
    expansion->depth--;
    return error;
}

int main_cf_value(const struct main_cf *main_cf, const char *name, struct text *into)
{
    struct expansion expansion = {.main_cf = main_cf, .into = into, .limit = into->length + SIZE_MAX_VALUE};
    return expand_name(&expansion, (struct span){name, strlen(name)});
}
