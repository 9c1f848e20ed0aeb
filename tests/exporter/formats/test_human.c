/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "exporter/page/human.h"
#include "tests/cmocka.h"

static void expect(struct text *text, const char *wanted)
{
    assert_string_equal(text_value(text), wanted);
    text_clear(text);
}

static void counts_come_in_groups(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    human_count(&text, 0);
    expect(&text, "0");
    human_count(&text, 999);
    expect(&text, "999");
    human_count(&text, 28232);
    expect(&text, "28,232");
    human_count(&text, UINT64_MAX);
    expect(&text, "18,446,744,073,709,551,615");
    text_free(&text);
}

static void reals_have_at_most_two_decimals(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    static const struct {
        double number;
        const char *wanted;
    } cases[] = {{0.5, "0.5"},           {1234.567, "1,234.57"}, {-3, "-3"},    {0.004, "0"},
                 {INFINITY, "infinite"}, {1e18, "1e+18"},        {16.7, "16.7"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        human_real(&text, cases[i].number);
        expect(&text, cases[i].wanted);
    }
    text_free(&text);
}

static void bytes_and_durations_use_two_units_at_most(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    static const struct {
        void (*write)(struct text *text, double number);
        double number;
        const char *wanted;
    } cases[] = {
        {human_bytes, 0, "0 B"},
        {human_bytes, 1023, "1023 B"},
        {human_bytes, 1023.96, "1.0 KiB"},
        {human_bytes, 1288490188, "1.2 GiB"},
        {human_duration, 0, "0 s"},
        {human_duration, 0.00013, "0.13 ms"},
        {human_duration, 2.5, "2.5 s"},
        {human_duration, 62, "1 min 2 s"},
        {human_duration, 3600, "1 h"},
        {human_duration, 299999.99, "3 d 11 h"},
        {human_duration, INFINITY, "endless"},
        {human_timestamp, 1767225600, "2026-01-01 00:00:00 UTC"},
        {human_ratio, 0.499, "49.9 %"},
        {human_ratio, INFINITY, "infinite"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cases[i].write(&text, cases[i].number);
        expect(&text, cases[i].wanted);
    }
    text_free(&text);
}

static void what_acts_on_a_terminal_is_spelled_out(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    human_visible(&text, "a\x1b[31m\n\tb\x7f\xe2\x80\xae"
                         "c\xc3\xa9");
    expect(&text, "a\\u001b[31m\\n\\tb\\u007f\\u202ec\xc3\xa9");
    text_free(&text);
}

static void widths_count_columns_not_octets(void **state)
{
    (void)state;
    assert_int_equal(human_width("abc"), 3);
    assert_int_equal(human_width("\xc3\xa9"), 1);
    assert_int_equal(human_width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
    assert_int_equal(human_fit("\xe6\xbc\xa2\xe5\xad\x97", 3), 3);
    assert_int_equal(human_fit("abc", 10), 3);
    assert_int_equal(human_fit("abc", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_come_in_groups),
        cmocka_unit_test(reals_have_at_most_two_decimals),
        cmocka_unit_test(bytes_and_durations_use_two_units_at_most),
        cmocka_unit_test(what_acts_on_a_terminal_is_spelled_out),
        cmocka_unit_test(widths_count_columns_not_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
