/* SPDX-License-Identifier: Apache-2.0
 * The collector as a whole, on a fake kernel and a fake /proc. */
#include <errno.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/tcp/options.h"
#include "snapshot/tables/all.h"
#include "tests/fakes/sock_diag.h"
#include "tests/snapshot/sample.h"
#include "tests/tree.h"

extern const struct collector tcp_collector;

struct world {
    char root[64];
    char procfs[80];
    char sockets[80];
    struct collector_paths paths;
    struct tcp_options options;
    void *state;
};

static void set_up(struct world *world, const char *sockets)
{
    *world = (struct world){.options = {.max_rows = 200, .max_destinations = 20}};
    tree_make(world->root, sizeof(world->root));
    snprintf(world->procfs, sizeof(world->procfs), "%s/proc", world->root);
    snprintf(world->sockets, sizeof(world->sockets), "%s/sockets", world->root);
    world->paths = (struct collector_paths){world->procfs, "/nonexistent", world->root};
    tree_file(world->root, "sockets", "%s", sockets);
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_port_range", "%s", "20000\t24000\n");
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_reserved_ports", "%s", "20100-20109\n");
    tree_file(world->root, "proc/sys/net/ipv4/tcp_tw_reuse", "%s", "0\n");
    tree_file(world->root, "proc/net/snmp", "%s", "Tcp: ActiveOpens PassiveOpens\nTcp: 12 34\n");
    tree_file(world->root, "proc/net/netstat", "%s", "TcpExt: ListenOverflows ListenDrops\nTcpExt: 5 6\n");
    tree_link(world->root, "proc/10/exe", "/usr/bin/relay");
    tree_link(world->root, "proc/10/fd/3", "socket:[100]");
    tree_link(world->root, "proc/20/exe", "/usr/sbin/smtpd");
    tree_link(world->root, "proc/20/fd/3", "socket:[200]");
    tree_link(world->root, "proc/20/fd/4", "socket:[201]");
    fake_sock_diag_file(world->sockets);
    assert_int_equal(tcp_collector.open(&world->paths, &world->options, &world->state), 0);
}

static void tear_down(struct world *world)
{
    tcp_collector.close(world->state);
    fake_sock_diag_file(NULL);
    fake_sock_diag_fail(0, 0);
    tree_remove(world->root);
}

static struct snapshot *collect(struct world *world, int expected)
{
    struct builder *builder = sample_begin(NULL, 0);
    assert_int_equal(tcp_collector.collect(world->state, builder, clock_monotonic() + CLOCK_SECOND), expected);
    return sample_end(builder, NULL);
}

static uint64_t sockets_of(const struct snapshot *snapshot, const char *process, enum tcp_role role, unsigned port,
                           enum tcp_state state)
{
    const struct table *table = &table_tcp_sockets;
    for (size_t i = 0; i < snapshot_row_count(snapshot, table); i++)
        if (strcmp(snapshot_text(snapshot, table, i, TCP_SOCKETS_PROCESS), process) == 0 &&
            snapshot_number(snapshot, table, i, TCP_SOCKETS_ROLE) == role &&
            snapshot_number(snapshot, table, i, TCP_SOCKETS_PORT) == port &&
            snapshot_number(snapshot, table, i, TCP_SOCKETS_STATE) == state)
            return snapshot_number(snapshot, table, i, TCP_SOCKETS_SOCKETS);
    return 0;
}

static const char relay_host[] = "# a relay that talks to a server on this host\n"
                                 "listen 0.0.0.0 25 0.0.0.0 0 inode=200 queue=3 limit=100\n"
                                 "established 192.0.2.1 20001 198.51.100.7 1433 inode=100\n"
                                 "established 192.0.2.1 25 203.0.113.5 50000 inode=201\n"
                                 "established 192.0.2.1 25 203.0.113.5 50001\n"
                                 "syn_recv 192.0.2.1 25 203.0.113.5 50002\n"
                                 "time_wait 192.0.2.1 25 203.0.113.6 50000 expires=30000 repeat=1\n"
                                 "time_wait 192.0.2.1 21000 198.51.100.7 1433 expires=30000 repeat=300\n";

static void owners_are_found_in_every_way(void **state)
{
    (void)state;
    struct world world;
    set_up(&world, relay_host);
    struct snapshot *snapshot = collect(&world, 0);
    assert_int_equal(sockets_of(snapshot, "relay", TCP_ROLE_OUTBOUND, 1433, TCP_STATE_ESTABLISHED), 1);
    assert_int_equal(sockets_of(snapshot, "smtpd", TCP_ROLE_LISTEN, 25, TCP_STATE_LISTEN), 1);
    /* One accepted, one that still waits to be: both the listener's. */
    assert_int_equal(sockets_of(snapshot, "smtpd", TCP_ROLE_INBOUND, 25, TCP_STATE_ESTABLISHED), 2);
    assert_int_equal(sockets_of(snapshot, "smtpd", TCP_ROLE_INBOUND, 25, TCP_STATE_SYN_RECV), 1);
    assert_int_equal(sockets_of(snapshot, "smtpd", TCP_ROLE_INBOUND, 25, TCP_STATE_TIME_WAIT), 1);
    /* Nobody can say who opened these; uid 0 of a TIME_WAIT is not root. */
    assert_int_equal(sockets_of(snapshot, "unknown", TCP_ROLE_OUTBOUND, 1433, TCP_STATE_TIME_WAIT), 300);
    const struct table *states = &table_tcp_states;
    for (size_t i = 0; i < snapshot_row_count(snapshot, states); i++) {
        uint64_t attributed = 0;
        for (unsigned method = 0; method < TCP_METHOD_COUNT; method++)
            attributed += snapshot_number(snapshot, states, i, TCP_STATES_LIVE + method);
        assert_int_equal(attributed, snapshot_number(snapshot, states, i, TCP_STATES_SOCKETS));
    }
    snapshot_release(snapshot);
    tear_down(&world);
}

static void ranges_and_counters_are_read(void **state)
{
    (void)state;
    struct world world;
    set_up(&world, relay_host);
    struct builder *builder = sample_begin(NULL, 0);
    assert_int_equal(tcp_collector.collect(world.state, builder, clock_monotonic() + CLOCK_SECOND), 0);
    assert_int_equal(builder_get_number(builder, &table_tcp_ranges, 0, TCP_RANGES_LOW), 20000);
    assert_int_equal(builder_get_number(builder, &table_tcp_ranges, 0, TCP_RANGES_RESERVED), 10);
    assert_int_equal(builder_get_number(builder, &table_tcp_ranges, 0, TCP_RANGES_HELD), 0);
    assert_string_equal(builder_get_text(builder, &table_tcp_endpoints, 0, TCP_ENDPOINTS_DESTINATION),
                        "198.51.100.7:1433");
    assert_int_equal(builder_get_number(builder, &table_tcp_endpoints, 0, TCP_ENDPOINTS_USED), 301);
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_int_equal(snapshot_number(snapshot, &table_tcp_counters, 0, TCP_COUNTERS_PASSIVE_OPENS), 34);
    assert_int_equal(snapshot_number(snapshot, &table_tcp_counters, 0, TCP_COUNTERS_LISTEN_OVERFLOWS), 5);
    assert_false(snapshot_has(snapshot, &table_tcp_counters, 0, TCP_COUNTERS_TIME_WAIT_OVERFLOWS));
    assert_int_equal(snapshot_number(snapshot, &table_listeners, 0, LISTENERS_QUEUE), 3);
    assert_int_equal(snapshot_row_count(snapshot, &table_conntrack), 0);
    snapshot_release(snapshot);
    tear_down(&world);
}

static void interrupted_walks_are_taken_again_and_counted(void **state)
{
    (void)state;
    struct world world;
    set_up(&world, relay_host);
    fake_sock_diag_fail(-EINTR, 2);
    struct snapshot *snapshot = collect(&world, 0);
    assert_int_equal(snapshot_number(snapshot, &table_tcp_counters, 0, TCP_COUNTERS_DUMPS_INTERRUPTED), 2);
    assert_int_equal(sockets_of(snapshot, "smtpd", TCP_ROLE_INBOUND, 25, TCP_STATE_ESTABLISHED), 2);
    snapshot_release(snapshot);
    fake_sock_diag_fail(-EINTR, 3);
    snapshot_release(collect(&world, -EINTR));
    tear_down(&world);
}

static void what_cannot_be_read_is_no_zero(void **state)
{
    (void)state;
    struct world world;
    char path[128];
    set_up(&world, relay_host);
    fake_sock_diag_fail(-EPERM, 1);
    struct snapshot *snapshot = collect(&world, -EPERM);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_states), 0);
    snapshot_release(snapshot);
    snprintf(path, sizeof(path), "%s/net/snmp", world.procfs);
    assert_int_equal(unlink(path), 0);
    snapshot = collect(&world, 0);
    long row = sample_find(snapshot, &table_sources, SOURCES_SOURCE, "counters");
    assert_int_equal(snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS), 0);
    assert_string_equal(snapshot_text(snapshot, &table_sources, (size_t)row, SOURCES_ERROR),
                        "net/snmp: No such file or directory");
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_counters), 0);
    snapshot_release(snapshot);
    snprintf(path, sizeof(path), "%s/sys/net/ipv4/ip_local_port_range", world.procfs);
    assert_int_equal(unlink(path), 0);
    snapshot_release(collect(&world, -ENOENT));
    tear_down(&world);
}

static void a_wrong_pattern_is_refused(void **state)
{
    (void)state;
    struct tcp_process_name names[] = {{.match = "((", .name = "x"}};
    const struct tcp_options options = {.process_names = {names, 1}};
    const struct collector_paths paths = {"/proc", "/sys", "/"};
    void *opened = NULL;
    assert_int_equal(tcp_collector.open(&paths, &options, &opened), -EINVAL);
    assert_null(opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owners_are_found_in_every_way),
        cmocka_unit_test(ranges_and_counters_are_read),
        cmocka_unit_test(interrupted_walks_are_taken_again_and_counted),
        cmocka_unit_test(what_cannot_be_read_is_no_zero),
        cmocka_unit_test(a_wrong_pattern_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
