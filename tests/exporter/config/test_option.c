/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/option.h"
#include "tests/cmocka.h"

struct record {
    const char *name;
    const char *include;
    uint64_t weight;
};

struct values {
    bool flag;
    uint64_t count;
    double share;
    int64_t interval;
    const char *path;
    unsigned word;
    struct option_texts texts;
    struct option_pairs pairs;
    struct option_records records;
    const char *later;
    bool later_flag;
};

static const char *const words[] = {"auto", "on", "off", NULL};

static const struct option fields[] = {
    {.name = "name", .type = OPTION_TEXT, .offset = offsetof(struct record, name), .required = true},
    {.name = "include", .type = OPTION_TEXT, .offset = offsetof(struct record, include), .fallback = "*"},
    {.name = "weight", .type = OPTION_COUNT, .offset = offsetof(struct record, weight), .fallback = "7"},
    OPTION_END,
};

enum { FLAG, COUNT, SHARE, INTERVAL, PATH, WORD, TEXTS, PAIRS, RECORDS, LATER, LATER_FLAG };
static const struct option options[] = {
    {.name = "flag", .type = OPTION_BOOLEAN, .offset = offsetof(struct values, flag), .fallback = "true"},
    {.name = "count",
     .type = OPTION_COUNT,
     .offset = offsetof(struct values, count),
     .fallback = "20",
     .minimum = 1,
     .maximum = 1000},
    {.name = "share", .type = OPTION_REAL, .offset = offsetof(struct values, share), .fallback = "0.25", .maximum = 1},
    {.name = "interval",
     .type = OPTION_DURATION,
     .offset = offsetof(struct values, interval),
     .fallback = "5s",
     .minimum = 0.1,
     .maximum = 3600},
    {.name = "path", .type = OPTION_TEXT, .offset = offsetof(struct values, path)},
    {.name = "word", .type = OPTION_WORD, .offset = offsetof(struct values, word), .words = words, .fallback = "on"},
    {.name = "texts", .type = OPTION_TEXTS, .offset = offsetof(struct values, texts), .fallback = ":1"},
    {.name = "pairs", .type = OPTION_PAIRS, .offset = offsetof(struct values, pairs)},
    {.name = "records",
     .type = OPTION_RECORDS,
     .offset = offsetof(struct values, records),
     .fields = fields,
     .record_size = sizeof(struct record)},
    {.name = "later", .type = OPTION_TEXT, .offset = offsetof(struct values, later), .refused = "comes later"},
    {.name = "later_flag",
     .type = OPTION_BOOLEAN,
     .offset = offsetof(struct values, later_flag),
     .refused = "comes later"},
    OPTION_END,
};

static void defaults_are_set(void **state)
{
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct values values;
    memset(&values, 0xff, sizeof(values));
    assert_int_equal(option_defaults(options, &values, &arena), 0);
    assert_true(values.flag);
    assert_int_equal(values.count, 20);
    assert_true(values.share > 0.249 && values.share < 0.251);
    assert_int_equal(values.interval, INT64_C(5000000000));
    assert_null(values.path);
    assert_int_equal(values.word, 1);
    assert_int_equal(values.texts.count, 1);
    assert_string_equal(values.texts.items[0], ":1");
    assert_int_equal(values.pairs.count, 0);
    assert_int_equal(values.records.count, 0);
    assert_null(values.later);
    assert_false(values.later_flag);
    arena_free(&arena);
}

static void expect(unsigned which, const char *value, int error, const char *message)
{
    struct arena arena = ARENA_EMPTY;
    struct values values = {0}, before;
    struct text why = TEXT_EMPTY;
    before = values;
    assert_int_equal(option_set(&options[which], &values, value, &arena, &why), error);
    assert_string_equal(text_value(&why), message);
    if (error < 0)
        assert_memory_equal(&values, &before, sizeof(values));
    text_free(&why);
    arena_free(&arena);
}

static void what_is_not_allowed_is_explained(void **state)
{
    (void)state;
    expect(FLAG, "no", 0, "");
    expect(FLAG, "maybe", -EINVAL, "'maybe' is not allowed; true or false");
    expect(COUNT, "1000", 0, "");
    expect(COUNT, "1001", -EINVAL, "'1001' is not allowed; a whole number, 1 to 1000");
    expect(COUNT, "0", -EINVAL, "'0' is not allowed; a whole number, 1 to 1000");
    expect(COUNT, "-1", -EINVAL, "'-1' is not allowed; a whole number, 1 to 1000");
    expect(COUNT, "99999999999999999999", -EINVAL, "'99999999999999999999' is not allowed; a whole number, 1 to 1000");
    expect(COUNT, "", -EINVAL, "'' is not allowed; a whole number, 1 to 1000");
    expect(SHARE, "0.5", 0, "");
    expect(SHARE, "1.5", -EINVAL, "'1.5' is not allowed; a number, 0 to 1");
    expect(SHARE, "nan", -EINVAL, "'nan' is not allowed; a number, 0 to 1");
    expect(INTERVAL, "1h", 0, "");
    expect(INTERVAL, "100ms", 0, "");
    expect(INTERVAL, "99ms", -EINVAL, "'99ms' is not allowed; a duration such as 500ms, 5s or 1h30m, 100ms to 1h");
    expect(INTERVAL, "5", -EINVAL, "'5' is not allowed; a duration such as 500ms, 5s or 1h30m, 100ms to 1h");
    expect(WORD, "maybe", -EINVAL, "'maybe' is not allowed; auto, on or off");
    expect(PAIRS, "a", -EINVAL, "'a' is not allowed; a list or map, in the configuration file");
    expect(RECORDS, "a", -EINVAL, "'a' is not allowed; a list or map, in the configuration file");
    expect(LATER, "", 0, "");
    expect(LATER, "x", -EINVAL, "comes later");
    expect(LATER_FLAG, "off", 0, "");
    expect(LATER_FLAG, "true", -EINVAL, "comes later");
    expect(LATER_FLAG, "rubbish", -EINVAL, "comes later");
}

static void values_are_quoted_in_one_printable_line(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    option_quote("a\nb\x1b[31m\xff", &text);
    assert_string_equal(text_value(&text), "'a\\x0ab\\x1b[31m\xef\xbf\xbd'");
    text_clear(&text);
    char huge[5000];
    memset(huge, 'x', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = '\0';
    option_quote(huge, &text);
    assert_int_equal(text.length, 64 + 2);
    text_free(&text);
}

static void lists_grow_and_are_replaced(void **state)
{
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct values values = {0};
    struct text why = TEXT_EMPTY;
    char name[16];
    assert_int_equal(option_defaults(options, &values, &arena), 0);
    option_clear_list(&options[TEXTS], &values);
    for (int i = 0; i < 100; i++) {
        struct record *record;
        snprintf(name, sizeof(name), "%d", i);
        assert_int_equal(option_set(&options[TEXTS], &values, name, &arena, &why), 0);
        assert_int_equal(option_add_pair(&options[PAIRS], &values, &(struct option_pair){name, "v"}, &arena, &why), 0);
        assert_int_equal(option_add_record(&options[RECORDS], &values, &arena, (void **)&record), 0);
        record->name = values.texts.items[i];
    }
    assert_int_equal(values.texts.count, 100);
    assert_int_equal(values.pairs.count, 100);
    assert_int_equal(values.records.count, 100);
    for (int i = 0; i < 100; i++) {
        const struct record *records = values.records.items;
        snprintf(name, sizeof(name), "%d", i);
        assert_string_equal(values.texts.items[i], name);
        assert_string_equal(values.pairs.items[i].key, name);
        assert_string_equal(records[i].name, name);
        assert_string_equal(records[i].include, "*");
        assert_int_equal(records[i].weight, 7);
    }
    arena_free(&arena);
    text_free(&why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_set),
        cmocka_unit_test(what_is_not_allowed_is_explained),
        cmocka_unit_test(values_are_quoted_in_one_printable_line),
        cmocka_unit_test(lists_grow_and_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
