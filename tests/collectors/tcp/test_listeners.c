/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "collectors/tcp/listeners.h"
#include "tests/cmocka.h"

static struct tcp_address v4(uint8_t last)
{
    const uint8_t octets[4] = {192, 0, 2, last};
    return tcp_address_v4(last ? octets : (const uint8_t[4]){0});
}

static struct tcp_socket listening(struct tcp_address address, uint16_t port)
{
    return (struct tcp_socket){.state = TCP_STATE_LISTEN, .local = address, .local_port = port, .queue_limit = 128};
}

static void walk(struct listeners *listeners, const struct tcp_socket *sockets, size_t count, int64_t now)
{
    listeners_begin(listeners);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(listeners_add(listeners, &sockets[i], (struct owner){10 + (uint32_t)i, 5}, now), 0);
    assert_int_equal(listeners_end(listeners, now), 0);
}

static bool found(const struct listeners *listeners, struct tcp_address address, uint16_t port)
{
    return listeners_find(listeners, &address, port) != NULL;
}

static void a_listener_explains_what_it_covers(void **state)
{
    (void)state;
    const struct tcp_address any6 = {{0}}, one6 = {{0x20, 0x01, [15] = 1}};
    struct listeners listeners = {0};
    struct tcp_socket only_v6 = listening(any6, 30);
    only_v6.only_v6 = true;
    const struct tcp_socket sockets[] = {
        listening(v4(1), 10), listening(v4(0), 20), only_v6, listening(any6, 40), listening(one6, 50),
    };
    walk(&listeners, sockets, 5, CLOCK_SECOND);
    assert_true(found(&listeners, v4(1), 10));
    assert_false(found(&listeners, v4(2), 10)); /* on another address only */
    assert_true(found(&listeners, v4(2), 20));
    assert_false(found(&listeners, one6, 20));  /* 0.0.0.0 takes no IPv6 */
    assert_false(found(&listeners, v4(2), 30)); /* IPV6_V6ONLY */
    assert_true(found(&listeners, one6, 30));
    assert_true(found(&listeners, v4(2), 40)); /* :: takes both */
    assert_true(found(&listeners, one6, 50));
    assert_false(found(&listeners, one6, 60));
    listeners_free(&listeners);
}

static void the_very_address_comes_before_any(void **state)
{
    (void)state;
    struct listeners listeners = {0};
    const struct tcp_socket sockets[] = {listening(v4(0), 25), listening(v4(1), 25)};
    walk(&listeners, sockets, 2, CLOCK_SECOND);
    struct tcp_address one = v4(1), two = v4(2);
    assert_int_equal(listeners_find(&listeners, &one, 25)->owner.process, 11);
    assert_int_equal(listeners_find(&listeners, &two, 25)->owner.process, 10);
    listeners_free(&listeners);
}

static void a_vanished_listener_is_remembered_for_two_minutes(void **state)
{
    (void)state;
    struct listeners listeners = {0};
    const struct tcp_socket socket = listening(v4(0), 25);
    walk(&listeners, &socket, 1, 100 * CLOCK_SECOND);
    walk(&listeners, NULL, 0, 220 * CLOCK_SECOND);
    assert_true(found(&listeners, v4(9), 25));
    assert_false(listeners.items[0].present);
    struct port_range range = {.low = 1, .high = 1000};
    assert_int_equal(listeners_held(&listeners, &range), 0);
    walk(&listeners, NULL, 0, 221 * CLOCK_SECOND);
    assert_false(found(&listeners, v4(9), 25));
    listeners_free(&listeners);
}

static void shared_addresses_are_one_listener(void **state)
{
    (void)state;
    struct listeners listeners = {0};
    struct tcp_socket sockets[3];
    for (size_t i = 0; i < 3; i++)
        sockets[i] = listening(v4(0), 443);
    sockets[1].queue = 64;
    sockets[2].queue = 3;
    sockets[2].queue_limit = 4;
    walk(&listeners, sockets, 3, CLOCK_SECOND);
    assert_int_equal(listeners.count, 1);
    assert_int_equal(listeners.items[0].sockets, 3);
    assert_int_equal(listeners.items[0].queue, 3); /* 3 of 4 is fuller than 64 of 128 */
    assert_int_equal(listeners.items[0].queue_limit, 4);
    assert_int_equal(listeners.items[0].owner.process, NAME_UNKNOWN); /* three different programs */
    assert_int_equal(listeners.items[0].owner.unit, 5);               /* of one unit */
    struct port_range range = {.low = 400, .high = 500};
    assert_int_equal(listeners_held(&listeners, &range), 1);
    listeners_free(&listeners);
}

static void many_listeners_are_quick(void **state)
{
    (void)state;
    struct listeners listeners = {0};
    static struct tcp_socket sockets[60000];
    for (size_t i = 0; i < 60000; i++)
        sockets[i] = listening(v4((uint8_t)(i % 250)), (uint16_t)((i * 7919) % 65521));
    int64_t start = clock_monotonic();
    for (int i = 0; i < 3; i++)
        walk(&listeners, sockets, 60000, CLOCK_SECOND);
    /* Quadratic insertion took minutes; this is 40 ms, the bound leaves room for sanitizers. */
    assert_true(clock_monotonic() - start < 20 * CLOCK_SECOND);
    for (size_t i = 0; i < 60000; i++)
        assert_true(found(&listeners, sockets[i].local, sockets[i].local_port));
    listeners_free(&listeners);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listener_explains_what_it_covers),
        cmocka_unit_test(the_very_address_comes_before_any),
        cmocka_unit_test(a_vanished_listener_is_remembered_for_two_minutes),
        cmocka_unit_test(shared_addresses_are_one_listener),
        cmocka_unit_test(many_listeners_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
