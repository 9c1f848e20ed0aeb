/* SPDX-License-Identifier: Apache-2.0 */
#include "base/option.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/utf8.h"

#define QUOTE_BOUND 64u

/* A scalar before it goes to its place. */
union value {
    bool boolean;
    uint64_t count;
    double real;
    int64_t duration;
    const char *text;
    unsigned word;
};

static const size_t value_sizes[] = {
    [OPTION_BOOLEAN] = sizeof(bool),
    [OPTION_COUNT] = sizeof(uint64_t),
    [OPTION_REAL] = sizeof(double),
    [OPTION_DURATION] = sizeof(int64_t),
    [OPTION_TEXT] = sizeof(const char *),
    [OPTION_WORD] = sizeof(unsigned),
    [OPTION_TEXTS] = sizeof(struct option_texts),
    [OPTION_PAIRS] = sizeof(struct option_pairs),
    [OPTION_RECORDS] = sizeof(struct option_records),
    [OPTION_GROUP] = sizeof(bool),
};

bool option_is_end(const struct option *option)
{
    return !option->name && !option->flag;
}

void option_quote(const char *value, struct text *text)
{
    char buffer[QUOTE_BOUND + 1];
    (void)utf8_bound(buffer, sizeof(buffer), QUOTE_BOUND, value, strlen(value));
    text_append(text, "'", 1);
    for (const char *c = buffer; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte < 0x20 || byte == 0x7f)
            text_format(text, "\\x%02x", (unsigned)byte);
        else
            text_append(text, c, 1);
    }
    text_append(text, "'", 1);
}

static void append_seconds(struct text *text, double seconds)
{
    if (seconds < 1)
        text_format(text, "%gms", seconds * 1000);
    else if (fmod(seconds, 3600) == 0)
        text_format(text, "%gh", seconds / 3600);
    else if (fmod(seconds, 60) == 0)
        text_format(text, "%gm", seconds / 60);
    else
        text_format(text, "%gs", seconds);
}

static void append_bounds(const struct option *option, struct text *why)
{
    void (*append)(struct text *, double) = option->type == OPTION_DURATION ? append_seconds : text_real;
    if (option->minimum == 0 && option->maximum == 0)
        return;
    text_string(why, ", ");
    append(why, option->minimum);
    text_string(why, " to ");
    append(why, option->maximum);
}

static void explain(const struct option *option, const char *value, struct text *why)
{
    option_quote(value, why);
    text_string(why, " is not allowed; ");
    switch (option->type) {
    case OPTION_BOOLEAN:
        text_string(why, "true or false");
        break;
    case OPTION_COUNT:
        text_string(why, "a whole number");
        break;
    case OPTION_REAL:
        text_string(why, "a number");
        break;
    case OPTION_DURATION:
        text_string(why, "a duration such as 500ms, 5s or 1h30m");
        break;
    case OPTION_WORD:
        for (size_t i = 0; option->words[i]; i++)
            text_format(why, "%s%s", i == 0 ? "" : option->words[i + 1] ? ", " : " or ", option->words[i]);
        break;
    default:
        text_string(why, option->allowed ? option->allowed : "a list or map, in the configuration file");
        break;
    }
    append_bounds(option, why);
}

static int check_bounds(const struct option *option, double number)
{
    if (option->minimum == 0 && option->maximum == 0)
        return 0;
    return number < option->minimum || number > option->maximum ? -ERANGE : 0;
}

/* 0, -EINVAL, -ERANGE or -ENOMEM. A text is not copied yet. */
static int parse(const struct option *option, const char *text, union value *ret_value)
{
    int error;
    switch (option->type) {
    case OPTION_BOOLEAN:
        return parse_boolean(text, &ret_value->boolean);
    case OPTION_COUNT:
        error = parse_unsigned(text, &ret_value->count);
        return error < 0 ? error : check_bounds(option, (double)ret_value->count);
    case OPTION_REAL:
        error = parse_real(text, &ret_value->real);
        return error < 0 ? error : check_bounds(option, ret_value->real);
    case OPTION_DURATION:
        error = parse_duration(text, &ret_value->duration);
        return error < 0 ? error : check_bounds(option, (double)ret_value->duration / (double)CLOCK_SECOND);
    case OPTION_WORD:
        return parse_word(text, option->words, &ret_value->word);
    case OPTION_TEXT:
        ret_value->text = text;
        return 0;
    default:
        return -EINVAL;
    }
}

static bool is_default(const struct option *option, const union value *value)
{
    union value fallback = {.text = NULL};
    if (option->type == OPTION_TEXT)
        return strcmp(value->text, option->fallback ? option->fallback : "") == 0;
    if (option->fallback && parse(option, option->fallback, &fallback) < 0)
        return false;
    switch (option->type) {
    case OPTION_BOOLEAN:
        return value->boolean == fallback.boolean;
    case OPTION_COUNT:
        return value->count == fallback.count;
    case OPTION_REAL:
        return fabs(value->real - fallback.real) == 0;
    case OPTION_DURATION:
        return value->duration == fallback.duration;
    case OPTION_WORD:
        return value->word == fallback.word;
    default:
        return false;
    }
}

/* An array of count items with room for one more; it doubles whenever count reaches a power of two. */
static void *grow(struct arena *arena, void *items, size_t count, size_t size)
{
    if (count > 0 && (count & (count - 1)) != 0)
        return items;
    void *larger = arena_allocate(arena, (count > 0 ? count * 2 : 1) * size);
    if (larger && count > 0)
        memcpy(larger, items, count * size);
    return larger;
}

static void *place(const struct option *option, void *values)
{
    return (char *)values + option->offset;
}

static int add_text(const struct option *option, void *values, const char *value, struct arena *arena)
{
    struct option_texts *texts = place(option, values);
    const char **items = grow(arena, texts->items, texts->count, sizeof(*items));
    const char *copy = items ? arena_copy(arena, value, strlen(value)) : NULL;
    if (!copy)
        return -ENOMEM;
    items[texts->count] = copy;
    *texts = (struct option_texts){items, texts->count + 1};
    return 0;
}

static int refuse(const struct option *option, struct text *why)
{
    text_string(why, option->refused);
    return why->error ? why->error : -EINVAL;
}

static int forbid(const struct option *option, const char *value, struct text *why)
{
    explain(option, value, why);
    return why->error ? why->error : -EINVAL;
}

/* As option_set(), of a value that accepts() need not see. */
static int set(const struct option *option, void *values, const char *value, struct arena *arena, struct text *why)
{
    union value parsed = {.text = NULL};
    if (option->type == OPTION_TEXTS && option->refused)
        return refuse(option, why);
    if (option->type == OPTION_TEXTS)
        return add_text(option, values, value, arena);
    int error = parse(option, value, &parsed);
    if (option->refused && (error < 0 || !is_default(option, &parsed)))
        return refuse(option, why);
    if (error < 0)
        return forbid(option, value, why);
    if (option->type == OPTION_TEXT) {
        parsed.text = arena_copy(arena, value, strlen(value));
        if (!parsed.text)
            return -ENOMEM;
    }
    memcpy(place(option, values), &parsed, value_sizes[option->type]);
    return 0;
}

int option_set(const struct option *option, void *values, const char *value, struct arena *arena, struct text *why)
{
    bool allowed = option->refused || !option->accepts || option->accepts(value);
    return allowed ? set(option, values, value, arena, why) : forbid(option, value, why);
}

/* A group is on, with the defaults of its fields. */
static int option_group_defaults(const struct option *option, void *values, struct arena *arena)
{
    void *group = place(option, values);
    int error = option_defaults(option->fields, group, arena);
    *(bool *)group = true;
    return error;
}

int option_defaults(const struct option *options, void *values, struct arena *arena)
{
    struct text why = TEXT_EMPTY;
    int error = 0;
    for (const struct option *option = options; error == 0 && !option_is_end(option); option++) {
        memset(place(option, values), 0, value_sizes[option->type]);
        if (option->type == OPTION_GROUP)
            error = option_group_defaults(option, values, arena);
        else if (option->fallback)
            error = set(option, values, option->fallback, arena, &why);
    }
    text_free(&why);
    return error;
}

int option_add_pair(const struct option *option, void *values, const struct option_pair *pair, struct arena *arena,
                    struct text *why)
{
    struct option_pairs *pairs = place(option, values);
    if (option->accepts_pair && !option->accepts_pair(pair->key, pair->value))
        return forbid(option, pair->value, why);
    struct option_pair *items = grow(arena, pairs->items, pairs->count, sizeof(*items));
    if (!items)
        return -ENOMEM;
    const struct option_pair copy = {arena_copy(arena, pair->key, strlen(pair->key)),
                                     arena_copy(arena, pair->value, strlen(pair->value))};
    if (!copy.key || !copy.value)
        return -ENOMEM;
    items[pairs->count] = copy;
    *pairs = (struct option_pairs){items, pairs->count + 1};
    return 0;
}

int option_add_record(const struct option *option, void *values, struct arena *arena, void **ret_record)
{
    struct option_records *records = place(option, values);
    char *items = grow(arena, records->items, records->count, option->record_size);
    if (!items)
        return -ENOMEM;
    void *record = items + records->count * option->record_size;
    memset(record, 0, option->record_size);
    int error = option_defaults(option->fields, record, arena);
    if (error < 0)
        return error;
    *records = (struct option_records){items, records->count + 1};
    *ret_record = record;
    return 0;
}

void option_clear_list(const struct option *option, void *values)
{
    memset(place(option, values), 0, value_sizes[option->type]);
}
