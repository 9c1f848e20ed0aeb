/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "collectors/tuning/catalogue.h"
#include "tests/cmocka.h"

static enum verdict judge(struct advice advice, int64_t standard, int64_t number)
{
    const struct tuning_field field = {NULL, standard, advice};
    return advice_judge(&field, number);
}

static int64_t target(struct advice advice, int64_t standard, int64_t number)
{
    const struct tuning_field field = {NULL, standard, advice};
    return advice_target(&field, number);
}

static const struct advice at_least = {.kind = ADVICE_AT_LEAST, .count = 1, .numbers = {4096}, .recommended = 8192};
static const struct advice at_most = {.kind = ADVICE_AT_MOST, .count = 1, .numbers = {100}, .recommended = 50};
static const struct advice between = {.kind = ADVICE_BETWEEN, .count = 2, .numbers = {30, 60}, .recommended = 30};
static const struct advice one_of = {.kind = ADVICE_ONE_OF, .count = 2, .numbers = {1, 2}, .recommended = 1};
static const struct advice leave_alone = {.kind = ADVICE_LEAVE_ALONE};
static const struct advice delete_it = {.kind = ADVICE_DELETE};
static const struct advice show_only = {.kind = ADVICE_SHOW_ONLY};

static void every_kind_judges_at_its_bounds(void **state)
{
    (void)state;
    assert_int_equal(judge(at_least, 0, 4095), VERDICT_AGAINST);
    assert_int_equal(judge(at_least, 0, 4096), VERDICT_OK);
    assert_int_equal(judge(at_most, 0, 100), VERDICT_OK);
    assert_int_equal(judge(at_most, 0, 101), VERDICT_AGAINST);
    assert_int_equal(judge(between, 0, 29), VERDICT_AGAINST);
    assert_int_equal(judge(between, 0, 30), VERDICT_OK);
    assert_int_equal(judge(between, 0, 60), VERDICT_OK);
    assert_int_equal(judge(between, 0, 61), VERDICT_AGAINST);
    assert_int_equal(judge(one_of, 0, 0), VERDICT_AGAINST);
    assert_int_equal(judge(one_of, 0, 2), VERDICT_OK);
    assert_int_equal(judge(one_of, 0, 3), VERDICT_AGAINST);
    assert_int_equal(judge(leave_alone, 7, 7), VERDICT_OK);
    assert_int_equal(judge(leave_alone, 7, 8), VERDICT_AGAINST);
    assert_int_equal(judge(leave_alone, TUNING_VARIES, 8), VERDICT_NONE);
    assert_int_equal(judge(delete_it, 7, 7), VERDICT_AGAINST);
    assert_int_equal(judge(show_only, 7, 8), VERDICT_NONE);
    assert_int_equal(judge(at_least, 0, INT64_MAX), VERDICT_OK);
}

static void a_target_is_never_worse_than_what_is_there(void **state)
{
    (void)state;
    assert_int_equal(target(at_least, 0, 10), 8192);
    assert_int_equal(target(at_least, 0, 5000), 8192);
    assert_int_equal(target(at_least, 0, 10000), 10000);
    assert_int_equal(target(at_most, 0, 200), 50);
    assert_int_equal(target(at_most, 0, 20), 20);
    assert_int_equal(target(one_of, 0, 2), 2);
    assert_int_equal(target(one_of, 0, 3), 1);
    assert_int_equal(target(leave_alone, 7, 3), 7);
    assert_int_equal(target(show_only, 7, 3), 3);
}

static void check_words(struct advice advice, const char *words)
{
    char text[64];
    advice_describe(&advice, text, sizeof(text));
    assert_string_equal(text, words);
}

static void advice_in_words(void **state)
{
    (void)state;
    check_words(at_least, "at least 4096");
    check_words(at_most, "at most 100");
    check_words(between, "30 to 60");
    check_words(one_of, "one of 1, 2");
    check_words((struct advice){.kind = ADVICE_ONE_OF, .count = 1, .numbers = {1}}, "1");
    check_words((struct advice){.kind = ADVICE_TEXT, .text = "bbr"}, "bbr");
    check_words(leave_alone, "leave alone");
    check_words(delete_it, "delete it");
    check_words(show_only, "show only");
}

static void a_small_buffer_cuts_the_words(void **state)
{
    (void)state;
    const struct advice many = {
        .kind = ADVICE_ONE_OF, .count = 4, .numbers = {INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN}};
    for (size_t size = 1; size < 100; size++) {
        char text[101];
        memset(text, 'x', sizeof(text));
        advice_describe(&many, text, size);
        assert_true(strlen(text) < size);
        assert_int_equal(text[size], 'x');
    }
}

static void what_users_write_is_read(void **state)
{
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct advice advice[3];
    assert_int_equal(advice_parse("1", 1, false, &arena, advice), 0);
    check_words(advice[0], "1");
    assert_int_equal(advice[0].recommended, 1);
    assert_int_equal(advice_parse(" 1, 2 ", 1, false, &arena, advice), 0);
    check_words(advice[0], "one of 1, 2");
    assert_int_equal(advice_parse("one of 3 4", 1, false, &arena, advice), 0);
    check_words(advice[0], "one of 3, 4");
    assert_int_equal(advice_parse("at least 4096", 1, false, &arena, advice), 0);
    check_words(advice[0], "at least 4096");
    assert_int_equal(advice_parse("at most -1", 1, false, &arena, advice), 0);
    check_words(advice[0], "at most -1");
    assert_int_equal(advice_parse("show only", 1, false, &arena, advice), 0);
    check_words(advice[0], "show only");
    assert_int_equal(advice_parse("at least 4096 131072\t16777216", 3, false, &arena, advice), 0);
    check_words(advice[2], "at least 16777216");
    assert_int_equal(advice_parse("10000 65535", 2, false, &arena, advice), 0);
    check_words(advice[0], "10000");
    check_words(advice[1], "65535");
    assert_int_equal(advice_parse("show only", 3, false, &arena, advice), 0);
    check_words(advice[2], "show only");
    assert_int_equal(advice_parse("bbr", 1, true, &arena, advice), 0);
    check_words(advice[0], "bbr");
    assert_int_equal(advice_parse("250 32000 32 128 7", 1, true, &arena, advice), 0);
    check_words(advice[0], "250 32000 32 128 7");
    assert_int_equal(advice_parse("250, 32000", 1, true, &arena, advice), 0);
    check_words(advice[0], "one of 250, 32000");
    arena_free(&arena);
}

static void malformed_advice_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",        " ",          "one",           "1 x",       "at least",
                                        "at most", "at least x", "at least 1 2",  "1 2 3 4 5", "99999999999999999999",
                                        ",",       "one of",     "at leastest 1", "show onl"};
    static const char *const wrong_text[] = {"", "a\"b", "a$b", "a`b`", "a\nb", "at least bbr"};
    struct arena arena = ARENA_EMPTY;
    struct advice advice[3] = {{.kind = ADVICE_DELETE}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(advice_parse(wrong[i], 1, false, &arena, advice), -EINVAL);
    for (size_t i = 0; i < sizeof(wrong_text) / sizeof(wrong_text[0]); i++)
        assert_int_equal(advice_parse(wrong_text[i], 1, true, &arena, advice), -EINVAL);
    assert_int_equal(advice_parse("1 2", 3, false, &arena, advice), -EINVAL);
    assert_int_equal(advice_parse("1", 2, false, &arena, advice), -EINVAL);
    char longest[1000];
    memset(longest, '1', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(advice_parse(longest, 1, true, &arena, advice), -EINVAL);
    assert_int_equal(advice[0].kind, ADVICE_DELETE);
    arena_free(&arena);
}

static void texts_are_the_same_but_for_blanks(void **state)
{
    (void)state;
    assert_true(advice_same_text("1\t2", " 1 2\n"));
    assert_true(advice_same_text("", " "));
    assert_false(advice_same_text("1 2", "12"));
    assert_false(advice_same_text("1 2", "1 2 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_judges_at_its_bounds),
        cmocka_unit_test(a_target_is_never_worse_than_what_is_there),
        cmocka_unit_test(advice_in_words),
        cmocka_unit_test(a_small_buffer_cuts_the_words),
        cmocka_unit_test(what_users_write_is_read),
        cmocka_unit_test(malformed_advice_is_refused),
        cmocka_unit_test(texts_are_the_same_but_for_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
