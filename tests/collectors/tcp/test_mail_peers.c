/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/tcp/count.h"
#include "snapshot/tables/tcp_internal.h"
#include "tests/snapshot/sample.h"

struct world {
    struct listeners listeners;
    struct port_range range;
    struct count count;
    struct names names;
    struct history history;
    struct builder *builder;
};

static int begin(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_int_equal(names_init(&world->names), 0);
    assert_int_equal(port_range_parse(&world->range, "32768 60999", ""), 0);
    const struct count_rules rules = {
        .listeners = &world->listeners, .range = &world->range, .reuse = TCP_REUSE_NEVER, .time_wait_ms = 60000};
    count_begin(&world->count, &rules);
    *state = world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;
    builder_free(world->builder);
    history_free(&world->history);
    names_free(&world->names);
    count_free(&world->count);
    free(world);
    return 0;
}

static void add(struct world *world, enum tcp_state state, uint16_t local, uint16_t remote, uint32_t peer)
{
    const uint8_t here[4] = {192, 0, 2, 1};
    const uint8_t there[4] = {10, (uint8_t)(peer >> 16), (uint8_t)(peer >> 8), (uint8_t)peer};
    const struct tcp_socket socket = {.state = state,
                                      .local = tcp_address_v4(here),
                                      .local_port = local,
                                      .remote = tcp_address_v4(there),
                                      .remote_port = remote};
    struct flow flow;
    count_flow(&world->count, &socket, &flow);
    count_add(&world->count, &flow, OWNER_UNKNOWN, TCP_METHOD_UNKNOWN);
}

static size_t put(struct world *world)
{
    world->builder = sample_begin(NULL, 0);
    const struct count_output output = {&world->names, "", true, &world->history};
    assert_int_equal(count_put(&world->count, &output, world->builder), 0);
    return builder_row_count(world->builder, &table_tcp_mail_peers);
}

/* The connections of a peer in this role at this port; 0: it has no row. */
static uint64_t connections(const struct world *world, enum tcp_role role, uint16_t port, const char *peer)
{
    const struct table *table = &table_tcp_mail_peers;
    uint64_t sum = 0;
    for (size_t i = 0; i < builder_row_count(world->builder, table); i++)
        if (builder_get_number(world->builder, table, i, TCP_MAIL_PEERS_ROLE) == role &&
            builder_get_number(world->builder, table, i, TCP_MAIL_PEERS_PORT) == port &&
            strcmp(builder_get_text(world->builder, table, i, TCP_MAIL_PEERS_PEER), peer) == 0)
            sum += builder_get_number(world->builder, table, i, TCP_MAIL_PEERS_CONNECTIONS);
    return sum;
}

static void live_connections_of_mail_ports_are_told_apart_by_peer(void **state)
{
    struct world *world = *state;
    add(world, TCP_STATE_ESTABLISHED, 25, 50000, 1);
    add(world, TCP_STATE_CLOSE_WAIT, 25, 50001, 1);
    add(world, TCP_STATE_ESTABLISHED, 25, 50000, 2);
    add(world, TCP_STATE_ESTABLISHED, 587, 50000, 2);
    add(world, TCP_STATE_ESTABLISHED, 50000, 25, 3);
    add(world, TCP_STATE_ESTABLISHED, 2000, 465, 3); /* a local port that the program chose */
    add(world, TCP_STATE_TIME_WAIT, 25, 50002, 1);
    add(world, TCP_STATE_SYN_SENT, 50001, 25, 3);
    add(world, TCP_STATE_ESTABLISHED, 80, 50000, 1);
    assert_int_equal(put(world), 5);
    assert_int_equal(connections(world, TCP_ROLE_INBOUND, 25, "10.0.0.1"), 2);
    assert_int_equal(connections(world, TCP_ROLE_INBOUND, 25, "10.0.0.2"), 1);
    assert_int_equal(connections(world, TCP_ROLE_INBOUND, 587, "10.0.0.2"), 1);
    assert_int_equal(connections(world, TCP_ROLE_OUTBOUND, 25, "10.0.0.3"), 1);
    assert_int_equal(connections(world, TCP_ROLE_OUTBOUND, 465, "10.0.0.3"), 1);
    assert_string_equal(builder_get_text(world->builder, &table_tcp_mail_peers, 0, TCP_MAIL_PEERS_LOCAL), "192.0.2.1");
}

static void small_peers_are_summed(void **state)
{
    struct world *world = *state;
    for (uint32_t peer = 0; peer < 1000; peer++)
        add(world, TCP_STATE_ESTABLISHED, 25, 50000, peer);
    for (uint32_t i = 0; i < 10; i++)
        add(world, TCP_STATE_ESTABLISHED, 25, (uint16_t)(50001 + i), 999);
    assert_int_equal(put(world), 513);
    assert_int_equal(connections(world, TCP_ROLE_INBOUND, 25, "10.0.3.231"), 11);
    assert_int_equal(connections(world, TCP_ROLE_INBOUND, 25, "other"), 1000 - 512);
}

static void peers_beyond_the_bound_on_flows_are_still_counted(void **state)
{
    struct world *world = *state;
    for (uint32_t peer = 0; peer < COUNT_MAX_FLOWS + 100; peer++)
        add(world, TCP_STATE_ESTABLISHED, 25, 50000, peer);
    assert_int_equal(put(world), 514);
    assert_int_equal(connections(world, TCP_ROLE_INBOUND, 25, "other"), COUNT_MAX_FLOWS + 100 - 512);
}

/* How many connections of the peer were ever accepted; -1: not followed. */
static int64_t accepted(const struct world *world, const char *peer)
{
    const struct table *table = &table_tcp_mail_peers;
    for (size_t i = 0; i < builder_row_count(world->builder, table); i++)
        if (strcmp(builder_get_text(world->builder, table, i, TCP_MAIL_PEERS_PEER), peer) == 0 &&
            builder_has(world->builder, table, i, TCP_MAIL_PEERS_ACCEPTED))
            return (int64_t)builder_get_number(world->builder, table, i, TCP_MAIL_PEERS_ACCEPTED);
    return -1;
}

static void connections_ever_accepted_are_those_of_the_peer_and_port(void **state)
{
    struct world *world = *state;
    add(world, TCP_STATE_ESTABLISHED, 25, 50000, 1);
    add(world, TCP_STATE_ESTABLISHED, 25, 50000, 2);
    add(world, TCP_STATE_ESTABLISHED, 50000, 25, 3);
    struct destination_key key = {tcp_address_v4((const uint8_t[]){192, 0, 2, 1}),
                                  tcp_address_v4((const uint8_t[]){10, 0, 0, 1}), 25};
    count_add_accepted(&world->count, &key, 40);
    count_add_accepted(&world->count, &key, 2); /* another owner's */
    key.port = 587;
    count_add_accepted(&world->count, &key, 1000);
    key.destination = tcp_address_v4((const uint8_t[]){10, 0, 0, 3});
    count_add_accepted(&world->count, &key, 7);
    assert_int_equal(put(world), 3);
    assert_int_equal(accepted(world, "10.0.0.1"), 42);
    assert_int_equal(accepted(world, "10.0.0.2"), -1);
    assert_int_equal(accepted(world, "10.0.0.3"), -1);
}

#define PEER_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PEER_TEST(live_connections_of_mail_ports_are_told_apart_by_peer),
        PEER_TEST(small_peers_are_summed),
        PEER_TEST(connections_ever_accepted_are_those_of_the_peer_and_port),
        PEER_TEST(peers_beyond_the_bound_on_flows_are_still_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
