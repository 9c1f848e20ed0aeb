/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "tests/cmocka.h"

static void unsigned_numbers(void **state)
{
    (void)state;
    uint64_t number = 7;
    assert_int_equal(parse_unsigned("18446744073709551615", &number), 0);
    assert_true(number == UINT64_MAX);
    assert_int_equal(parse_unsigned("18446744073709551616", &number), -ERANGE);
    assert_true(number == UINT64_MAX);
    static const char *const wrong[] = {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "1e3", "one"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(parse_unsigned(wrong[i], &number), -EINVAL);
}

static void signed_numbers(void **state)
{
    (void)state;
    int64_t number;
    assert_int_equal(parse_signed("-42", &number), 0);
    assert_int_equal(number, -42);
    assert_int_equal(parse_signed("9223372036854775808", &number), -ERANGE);
    assert_int_equal(parse_signed("--1", &number), -EINVAL);
}

static void real_numbers(void **state)
{
    (void)state;
    double number = 1;
    assert_int_equal(parse_real("0.40", &number), 0);
    assert_true(number == 0.40);
    static const char *const wrong[] = {"", "inf", "nan", "0x10", " 1", "1 ", "1,5", "1.2.3", "e5", "-"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(parse_real(wrong[i], &number), -EINVAL);
    assert_int_equal(parse_real("1e999", &number), -ERANGE);
    assert_true(number == 0.40);
}

static void check_duration(const char *text, int64_t expected)
{
    int64_t nanoseconds = -1;
    assert_int_equal(parse_duration(text, &nanoseconds), 0);
    assert_true(nanoseconds == expected);
}

static void durations(void **state)
{
    (void)state;
    const int64_t second = 1000000000;
    check_duration("0", 0);
    check_duration("500ms", second / 2);
    check_duration("5s", 5 * second);
    check_duration("10m", 600 * second);
    check_duration("1h30m", 5400 * second);
    check_duration("2d", 172800 * second);
    int64_t nanoseconds;
    static const char *const wrong[] = {"", "5", "s", "5 s", "-5s", "5s5", "5m5h", "5s5s", "1.5s", "5x", "5mss"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(parse_duration(wrong[i], &nanoseconds), -EINVAL);
    assert_int_equal(parse_duration("99999999999999999999s", &nanoseconds), -ERANGE);
    assert_int_equal(parse_duration("9223372036w", &nanoseconds), -ERANGE);
}

static void booleans(void **state)
{
    (void)state;
    bool value = false;
    assert_int_equal(parse_boolean("on", &value), 0);
    assert_true(value);
    assert_int_equal(parse_boolean("no", &value), 0);
    assert_false(value);
    assert_int_equal(parse_boolean("1", &value), -EINVAL);
    assert_int_equal(parse_boolean("True", &value), -EINVAL);
}

static void cutting(void **state)
{
    (void)state;
    char lines[] = "first second\n\nlast";
    char *rest = lines, *line = parse_line(&rest), *fields = line;
    assert_string_equal(parse_field(&fields), "first");
    assert_string_equal(parse_field(&fields), "second");
    assert_null(parse_field(&fields));
    assert_string_equal(parse_line(&rest), "");
    assert_string_equal(parse_line(&rest), "last");
    assert_null(parse_line(&rest));
    char blanks[] = " \t x y \r\n";
    assert_string_equal(parse_trim(blanks), "x y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unsigned_numbers), cmocka_unit_test(signed_numbers), cmocka_unit_test(real_numbers),
        cmocka_unit_test(durations),        cmocka_unit_test(booleans),       cmocka_unit_test(cutting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
