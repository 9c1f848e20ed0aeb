/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "collectors/tcp/count.h"
#include "snapshot/tables/tcp_internal.h"
#include "tests/snapshot/sample.h"

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
    struct history history;
};

static void set_up(struct world *world, enum tcp_reuse reuse)
{
    *world = (struct world){0};
    assert_int_equal(port_range_parse(&world->range, "32768 60999", "40000"), 0);
    const struct tcp_socket listener = {
        .state = TCP_STATE_LISTEN, .local = tcp_address_v4((const uint8_t[4]){0}), .local_port = 8080};
    listeners_begin(&world->listeners);
    assert_int_equal(listeners_add(&world->listeners, &listener, OWNER_UNKNOWN, CLOCK_SECOND), 0);
    assert_int_equal(listeners_end(&world->listeners, CLOCK_SECOND), 0);
    const struct count_rules rules = {
        .listeners = &world->listeners, .range = &world->range, .reuse = reuse, .time_wait_ms = 60000};
    count_begin(&world->count, &rules);
}

static void tear_down(struct world *world)
{
    count_free(&world->count);
    history_free(&world->history);
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
        {TCP_STATE_ESTABLISHED, 8080, 50000, TCP_ROLE_INBOUND}, /* a listener covers it */
        {TCP_STATE_ESTABLISHED, 50000, 25, TCP_ROLE_OUTBOUND},  /* local port in the range */
        {TCP_STATE_ESTABLISHED, 50000, 50001, TCP_ROLE_OUTBOUND},
        {TCP_STATE_TIME_WAIT, 25, 50000, TCP_ROLE_INBOUND},   /* remote port in the range */
        {TCP_STATE_ESTABLISHED, 1000, 25, TCP_ROLE_OUTBOUND}, /* neither */
    };
    set_up(&world, TCP_REUSE_NEVER);
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
    set_up(&world, TCP_REUSE_NEVER);
    static const uint16_t locals[] = {32768, 60999, 40000, 1000, 61000};
    for (size_t i = 0; i < 5; i++) {
        struct tcp_socket socket = socket_between(TCP_STATE_TIME_WAIT, locals[i], 25);
        struct flow flow;
        count_flow(&world.count, &socket, &flow);
        assert_int_equal(flow.key.ephemeral, i < 2);
        count_add(&world.count, &flow, OWNER_UNKNOWN, TCP_METHOD_UNKNOWN);
    }
    assert_int_equal(world.count.flows.keys.count, 2);
    assert_int_equal(world.count.flows.values[0].all, 2);
    assert_int_equal(world.count.flows.values[1].all, 3);
    tear_down(&world);
}

static void time_wait_is_reusable_after_a_second(void **state)
{
    (void)state;
    static const struct {
        enum tcp_reuse reuse;
        uint32_t expires_ms;
        bool reusable;
    } cases[] = {
        {TCP_REUSE_NEVER, 100, false},    {TCP_REUSE_ALWAYS, 100, true},    {TCP_REUSE_ALWAYS, 59000, true},
        {TCP_REUSE_ALWAYS, 59001, false}, {TCP_REUSE_LOOPBACK, 100, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world world;
        set_up(&world, cases[i].reuse);
        struct tcp_socket socket = socket_between(TCP_STATE_TIME_WAIT, 50000, 25);
        socket.expires_ms = cases[i].expires_ms;
        struct flow flow;
        count_flow(&world.count, &socket, &flow);
        assert_int_equal(flow.marked, cases[i].reusable);
        tear_down(&world);
    }
}

static uint64_t column_sum(struct builder *builder, const struct table *table, unsigned column)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < builder_row_count(builder, table); i++)
        sum += builder_get_number(builder, table, i, column);
    return sum;
}

static void what_is_beyond_the_bounds_is_still_counted(void **state)
{
    (void)state;
    struct world world;
    struct names names;
    const uint32_t sockets = COUNT_MAX_FLOWS + COUNT_MAX_OWNERS + 5000;
    assert_int_equal(names_init(&names), 0);
    set_up(&world, TCP_REUSE_NEVER);
    for (uint32_t i = 0; i < sockets; i++) {
        struct tcp_socket socket = socket_between(TCP_STATE_ESTABLISHED, 50000, (uint16_t)(i % 60000 + 1));
        memcpy(socket.remote.bytes + 12, &i, sizeof(i));
        struct flow flow;
        count_flow(&world.count, &socket, &flow);
        count_add(&world.count, &flow, OWNER_UNKNOWN, TCP_METHOD_UNKNOWN);
    }
    assert_int_equal(world.count.flows.keys.count, COUNT_MAX_FLOWS + COUNT_MAX_OWNERS);
    struct builder *builder = sample_begin(NULL, 0);
    const struct count_output output = {&names, "", true, &world.history};
    history_begin(&world.history, CLOCK_SECOND, HISTORY_TELLS);
    assert_int_equal(count_put(&world.count, &output, builder), 0);
    history_end(&world.history);
    assert_int_equal(column_sum(builder, &table_tcp_states, TCP_STATES_SOCKETS), sockets);
    assert_int_equal(column_sum(builder, &table_tcp_states, TCP_STATES_UNKNOWN), sockets);
    assert_int_equal(column_sum(builder, &table_tcp_sockets, TCP_SOCKETS_SOCKETS), sockets);
    /* Only the last 5,000 lost even their port. */
    assert_int_equal(column_sum(builder, &table_tcp_endpoints, TCP_ENDPOINTS_USED), sockets - 5000);
    assert_int_equal(column_sum(builder, &table_tcp_holders, TCP_HOLDERS_USED), sockets - 5000);
    assert_true(builder_row_count(builder, &table_tcp_sockets) < 1100);
    builder_free(builder);
    names_free(&names);
    tear_down(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directions_follow_the_definition),
        cmocka_unit_test(only_ports_that_the_kernel_chooses_count_as_used),
        cmocka_unit_test(time_wait_is_reusable_after_a_second),
        cmocka_unit_test(what_is_beyond_the_bounds_is_still_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
