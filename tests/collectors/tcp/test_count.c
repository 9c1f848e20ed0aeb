/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "collectors/tcp/count.h"
#include "tests/cmocka.h"

static struct tcp_address address(uint8_t last)
{
    const uint8_t octets[4] = {192, 0, 2, last};
    return tcp_address_v4(octets);
}

static struct tcp_socket socket_between(enum tcp_state state, uint16_t local, uint16_t remote)
{
    return (struct tcp_socket){
        .state = state, .local = address(1), .local_port = local, .remote = address(2), .remote_port = remote};
}

struct world {
    struct listeners listeners;
    struct port_range range;
    struct count count;
};

static void set_up(struct world *world, enum count_reuse reuse)
{
    *world = (struct world){0};
    assert_int_equal(port_range_parse(&world->range, "32768 60999", "40000"), 0);
    const struct tcp_socket listener = {
        .state = TCP_STATE_LISTEN, .local = tcp_address_v4((const uint8_t[4]){0}), .local_port = 8080};
    listeners_begin(&world->listeners);
    assert_int_equal(listeners_add(&world->listeners, &listener, OWNER_UNKNOWN, CLOCK_SECOND), 0);
    assert_int_equal(listeners_end(&world->listeners, CLOCK_SECOND), 0);
    count_begin(&world->count, &world->listeners, &world->range, reuse);
}

static void tear_down(struct world *world)
{
    count_free(&world->count);
    listeners_free(&world->listeners);
}

static void directions_follow_the_definition(void **state)
{
    (void)state;
    struct world world;
    static const struct {
        enum tcp_state state;
        uint16_t local, remote;
        enum tcp_role role;
    } cases[] = {
        {TCP_STATE_LISTEN, 8080, 0, TCP_ROLE_LISTEN},
        {TCP_STATE_SYN_RECV, 9999, 9999, TCP_ROLE_INBOUND},
        {TCP_STATE_ESTABLISHED, 8080, 50000, TCP_ROLE_INBOUND},  /* a listener covers it */
        {TCP_STATE_ESTABLISHED, 50000, 25, TCP_ROLE_OUTBOUND},   /* local port in the range */
        {TCP_STATE_ESTABLISHED, 50000, 50001, TCP_ROLE_OUTBOUND},
        {TCP_STATE_TIME_WAIT, 25, 50000, TCP_ROLE_INBOUND},      /* remote port in the range */
        {TCP_STATE_ESTABLISHED, 1000, 25, TCP_ROLE_OUTBOUND},    /* neither */
    };
    set_up(&world, COUNT_REUSE_NEVER);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tcp_socket socket = socket_between(cases[i].state, cases[i].local, cases[i].remote);
        assert_int_equal(count_direction(&world.count, &socket), cases[i].role);
    }
    tear_down(&world);
}

static void only_ports_that_the_kernel_chooses_count_as_used(void **state)
{
    (void)state;
    struct world world;
    set_up(&world, COUNT_REUSE_NEVER);
    static const uint16_t locals[] = {32768, 60999, 40000, 1000, 61000};
    for (size_t i = 0; i < 5; i++) {
        struct tcp_socket socket = socket_between(TCP_STATE_TIME_WAIT, locals[i], 25);
        struct count_place place = count_socket(&world.count, &socket);
        assert_int_equal(place.destination == COUNT_NO_DESTINATION, i >= 2);
    }
    assert_int_equal(world.count.destinations.values[0].all, 2);
    assert_int_equal(world.count.states[TCP_STATE_TIME_WAIT], 5);
    tear_down(&world);
}

static void time_wait_is_reusable_after_a_second(void **state)
{
    (void)state;
    static const struct {
        enum count_reuse reuse;
        uint32_t expires_ms;
        uint32_t reusable;
    } cases[] = {
        {COUNT_REUSE_NEVER, 100, 0},    {COUNT_REUSE_ALWAYS, 100, 1},   {COUNT_REUSE_ALWAYS, 59000, 1},
        {COUNT_REUSE_ALWAYS, 59001, 0}, {COUNT_REUSE_LOOPBACK, 100, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world world;
        set_up(&world, cases[i].reuse);
        struct tcp_socket socket = socket_between(TCP_STATE_TIME_WAIT, 50000, 25);
        socket.expires_ms = cases[i].expires_ms;
        (void)count_socket(&world.count, &socket);
        assert_int_equal(world.count.destinations.values[0].part, cases[i].reusable);
        tear_down(&world);
    }
}

static void what_is_beyond_the_bound_is_still_counted(void **state)
{
    (void)state;
    struct world world;
    set_up(&world, COUNT_REUSE_NEVER);
    const uint32_t sockets = COUNT_MAX_DESTINATIONS + 5000;
    for (uint32_t i = 0; i < sockets; i++) {
        struct tcp_socket socket = socket_between(TCP_STATE_ESTABLISHED, 50000, 443);
        memcpy(socket.remote.bytes + 12, &i, sizeof(i));
        struct count_place place = count_socket(&world.count, &socket);
        place.port = (uint16_t)i;
        count_owner(&world.count, socket.state, &place, (struct owner){i, 0}, TCP_METHOD_UNKNOWN);
    }
    assert_int_equal(world.count.destinations.keys.count, COUNT_MAX_DESTINATIONS);
    assert_int_equal(world.count.folded_ports.all, 5000);
    assert_int_equal(world.count.folded_groups[TCP_STATE_ESTABLISHED], sockets - COUNT_MAX_GROUPS);
    assert_int_equal(world.count.states[TCP_STATE_ESTABLISHED], sockets);
    assert_int_equal(world.count.attributed[TCP_STATE_ESTABLISHED][TCP_METHOD_UNKNOWN], sockets);
    tear_down(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directions_follow_the_definition),
        cmocka_unit_test(only_ports_that_the_kernel_chooses_count_as_used),
        cmocka_unit_test(time_wait_is_reusable_after_a_second),
        cmocka_unit_test(what_is_beyond_the_bound_is_still_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
