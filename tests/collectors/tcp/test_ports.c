/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tcp/names.h"
#include "collectors/tcp/ports.h"
#include "collectors/tcp/socket.h"
#include "collectors/tcp/tally.h"
#include "tests/cmocka.h"

static void ranges_are_read_as_the_kernel_writes_them(void **state)
{
    (void)state;
    struct port_range range;
    assert_int_equal(port_range_parse(&range, "32768\t60999\n", "\n"), 0);
    assert_int_equal(range.low, 32768);
    assert_int_equal(range.high, 60999);
    assert_int_equal(port_range_reserved(&range), 0);
    assert_int_equal(port_range_parse(&range, "20000 24000", "80,20100-20109,24000,24001"), 0);
    assert_int_equal(port_range_reserved(&range), 11);
    assert_true(port_range_has(&range, 20000));
    assert_false(port_range_has(&range, 20105));
    assert_false(port_range_has(&range, 24000));
    assert_false(port_range_has(&range, 24001));
    assert_int_equal(port_range_parse(&range, "1 65535", "1-65535"), 0);
    assert_int_equal(port_range_reserved(&range), 65535);
}

static void malformed_ranges_change_nothing(void **state)
{
    (void)state;
    struct port_range range;
    assert_int_equal(port_range_parse(&range, "100 200", ""), 0);
    static const char *const bounds[] = {"", "100", "200 100", "a b", "1 70000", "-1 5"};
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
        assert_int_equal(port_range_parse(&range, bounds[i], ""), -EINVAL);
    static const char *const reserved[] = {"x", "1-", "1-x", "70000", "-5"};
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
        assert_int_equal(port_range_parse(&range, "100 200", reserved[i]), -EINVAL);
    assert_int_equal(range.low, 100);
}

static void check_endpoint(const char *expected, const struct tcp_address *address)
{
    char text[TCP_ENDPOINT_TEXT];
    tcp_endpoint_format(text, address, 25);
    assert_string_equal(text, expected);
}

static void addresses(void **state)
{
    (void)state;
    static const uint8_t octets[4] = {192, 0, 2, 1}, local[4] = {127, 0, 0, 5}, zero[4] = {0};
    struct tcp_address v4 = tcp_address_v4(octets), loopback = tcp_address_v4(local), any4 = tcp_address_v4(zero);
    struct tcp_address v6 = {{0x20, 0x01, 0x0d, 0xb8, [15] = 1}}, any6 = {{0}}, loopback6 = {{[15] = 1}};
    check_endpoint("192.0.2.1:25", &v4);
    check_endpoint("[2001:db8::1]:25", &v6);
    assert_true(tcp_address_is_any(&any4) && tcp_address_is_any(&any6) && !tcp_address_is_any(&v4));
    assert_true(tcp_address_is_loopback(&loopback) && tcp_address_is_loopback(&loopback6));
    assert_false(tcp_address_is_loopback(&v4) || tcp_address_is_loopback(&v6) || tcp_address_is_loopback(&any6));
}

static void our_own_words_are_marked(void **state)
{
    (void)state;
    struct names names;
    assert_int_equal(names_init(&names), 0);
    assert_string_equal(names_text(&names, names_process(&names, "other", 5)), "other*");
    assert_string_equal(names_text(&names, names_process(&names, "unknown", 7)), "unknown*");
    assert_string_equal(names_text(&names, names_process(&names, "others", 6)), "others");
    assert_int_equal(names_process(&names, "", 0), NAME_UNKNOWN);
    assert_int_equal(names_unit(&names, "", 0), NAME_NONE);
    assert_string_equal(names_text(&names, NAME_UNKNOWN), "unknown");
    assert_int_equal(names_process(&names, "sshd", 4), names_process(&names, "sshd", 4));
    names_free(&names);
}

static void tallies_are_bounded(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (uint32_t round = 0; round < 3; round++)
        for (uint32_t key = 0; key < 1000; key++)
            for (uint32_t i = 0; i <= key % 10; i++)
                assert_true((tally_add(&tally, 500, &key, sizeof(key),
                                       &(struct tally_value){.all = 1, .part = i == 0}) == MAP_NONE) == (key >= 500));
    uint32_t *order;
    assert_int_equal(tally_greatest(&tally, 10, &order), 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(tally.values[order[i]].all, 30);
        assert_int_equal(tally.values[order[i]].part, 3);
    }
    free(order);
    tally_free(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_read_as_the_kernel_writes_them),
        cmocka_unit_test(malformed_ranges_change_nothing),
        cmocka_unit_test(addresses),
        cmocka_unit_test(our_own_words_are_marked),
        cmocka_unit_test(tallies_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
