/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "tests/cmocka.h"

static void check(const char *bytes, size_t length, size_t bound, const char *expected)
{
    char buffer[256];
    size_t written = utf8_bound(buffer, sizeof(buffer), bound, bytes, length);
    assert_string_equal(buffer, expected);
    assert_int_equal(written, strlen(expected));
    assert_true(utf8_valid(buffer, written));
}

static void well_formed_text_stays(void **state)
{
    (void)state;
    check("nginx", 5, 32, "nginx");
    check("", 0, 32, "");
    check("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 14, 32, "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    check("a\nb\"c\\", 6, 32, "a\nb\"c\\");
}

static void ill_formed_octets_become_the_replacement(void **state)
{
    (void)state;
    check("a\xff"
          "b",
          3, 32,
          "a\xef\xbf\xbd"
          "b");
    check("\xc0\x80", 2, 32, "\xef\xbf\xbd\xef\xbf\xbd");                 /* overlong zero */
    check("\xed\xa0\x80", 3, 32, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a surrogate */
    check("\xf4\x90\x80\x80", 4, 64, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    check("\xe2\x82", 2, 32, "\xef\xbf\xbd\xef\xbf\xbd"); /* cut short */
    check("a\0b", 3, 32,
          "a\xef\xbf\xbd"
          "b");
}

/* U+202E shows "a", then what follows from right to left. */
static void what_turns_text_around_is_replaced(void **state)
{
    (void)state;
    check("a\xe2\x80\xae"
          "exe",
          7, 32,
          "a\xef\xbf\xbd"
          "exe");
    check("\xe2\x80\xaa\xe2\x81\xa6\xe2\x81\xa9", 9, 32, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    check("\xe2\x80\xa6 \xe2\x80\xaf \xe2\x81\xaa", 11, 32, "\xe2\x80\xa6 \xe2\x80\xaf \xe2\x81\xaa");
}

static void long_text_ends_in_a_hash_of_all_of_it(void **state)
{
    (void)state;
    char one[200], two[200], first[64], second[64];
    memset(one, 'x', sizeof(one));
    memset(two, 'x', sizeof(two));
    two[199] = 'y';
    assert_int_equal(utf8_bound(first, sizeof(first), 32, one, sizeof(one)), 32);
    assert_int_equal(utf8_bound(second, sizeof(second), 32, two, sizeof(two)), 32);
    assert_string_not_equal(first, second);
    assert_int_equal(first[23], '~');
    check("exactly sixteen!", 16, 16, "exactly sixteen!");
    /* The cut never splits a character. */
    char euros[90];
    for (size_t i = 0; i < sizeof(euros); i += 3)
        memcpy(euros + i, "\xe2\x82\xac", 3);
    size_t written = utf8_bound(first, sizeof(first), 31, euros, sizeof(euros));
    assert_true(written <= 31 && utf8_valid(first, written));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_text_stays),
        cmocka_unit_test(ill_formed_octets_become_the_replacement),
        cmocka_unit_test(what_turns_text_around_is_replaced),
        cmocka_unit_test(long_text_ends_in_a_hash_of_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
