/* SPDX-License-Identifier: Apache-2.0 */
#include "base/address.h"

#include <errno.h>
#include <string.h>

#include "tests/cmocka.h"

static void check_range(const char *text, const char *first, const char *last)
{
    struct address_range range;
    char found[ADDRESS_TEXT];
    assert_int_equal(address_range_parse(text, &range), 0);
    address_format(found, &range.first);
    assert_string_equal(found, first);
    address_format(found, &range.last);
    assert_string_equal(found, last);
}

static void every_way_to_write_a_range_is_read(void **state)
{
    (void)state;
    check_range("192.0.2.1", "192.0.2.1", "192.0.2.1");
    check_range("[2001:db8::1]", "2001:db8::1", "2001:db8::1");
    check_range("127.0.0.0/8", "127.0.0.0", "127.255.255.255");
    check_range("10.1.2.3/20", "10.1.0.0", "10.1.15.255");
    check_range("0.0.0.0/0", "0.0.0.0", "255.255.255.255");
    check_range("[::1]/128", "::1", "::1");
    check_range("[fe80::/10]", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    check_range("0.0.0.0-255.255.255.255", "0.0.0.0", "255.255.255.255");
    check_range("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    check_range("10.0.0.7(255.255.255.0)", "10.0.0.0", "10.0.0.255");
    check_range("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1");
}

static void what_is_no_range_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "hash:/etc/networks",
        "192.0.2.1/33",
        "192.0.2.1/",
        "192.0.2.1/-1",
        "[::1]/129",
        "192.0.2.9-192.0.2.1",
        "example.com",
        "/8",
        "-",
        "(",
        "10.0.0.1(",
        "10.0.0.1(255.0.0.0",
        "10.0.0.1(::1)",
        "1.2.3.4.5",
        "192.0.2.1/08888888888",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct address_range range;
        memset(&range, 7, sizeof(range));
        assert_int_equal(address_range_parse(texts[i], &range), -EINVAL);
        assert_int_equal(range.first.bytes[0], 7);
    }
}

static void ranges_hold_their_ends_and_compare_by_size(void **state)
{
    (void)state;
    struct address_range small, large;
    struct address address;
    assert_int_equal(address_range_parse("10.0.0.0/24", &small), 0);
    assert_int_equal(address_range_parse("0.0.0.0-255.255.255.255", &large), 0);
    assert_int_equal(address_parse("10.0.0.0", &address), 0);
    assert_true(address_range_has(&small, &address));
    assert_int_equal(address_parse("10.0.0.255", &address), 0);
    assert_true(address_range_has(&small, &address));
    assert_int_equal(address_parse("10.0.1.0", &address), 0);
    assert_false(address_range_has(&small, &address));
    assert_true(address_range_has(&large, &address));
    assert_int_equal(address_parse("::1", &address), 0);
    assert_false(address_range_has(&large, &address));
    assert_true(address_range_compare_size(&small, &large) < 0);
    assert_true(address_range_compare_size(&large, &small) > 0);
    assert_int_equal(address_range_compare_size(&small, &small), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_write_a_range_is_read),
        cmocka_unit_test(what_is_no_range_is_refused),
        cmocka_unit_test(ranges_hold_their_ends_and_compare_by_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
