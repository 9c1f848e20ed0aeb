/* SPDX-License-Identifier: Apache-2.0
 * The collector on Windows as a whole, on fakes of what it asks. */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/tcp/options.h"
#include "snapshot/tables/all.h"
#include "tests/fakes/command.h"
#include "tests/fakes/connection_events.h"
#include "tests/fakes/event_log.h"
#include "tests/fakes/local_machine.h"
#include "tests/fakes/process_list.h"
#include "tests/fakes/tcp_table.h"
#include "tests/snapshot/sample.h"

extern const struct collector tcp_collector;

#define HOST "192.0.2.10"
#define FAR  "198.51.100.7"

static const struct fake_process processes[] = {
    {4, "System", {NULL}},
    {700, "svchost.exe", {"Dhcp", "EventLog", "lmhosts"}},
    {800, "inetinfo.exe", {"IISADMIN"}},
    {900, "unknown", {NULL}},
};

struct world {
    struct tcp_options options;
    void *state;
    struct snapshot *snapshot;
};

static struct world world;

static int set_up(void **state)
{
    static const struct collector_paths paths = {"/nonexistent", "/nonexistent", "/"};
    (void)state;
    world = (struct world){.options = {.max_rows = 200, .max_destinations = 20}};
    fake_process_list_set(processes, sizeof(processes) / sizeof(processes[0]));
    fake_command_set("dynamicport", "Start Port : 49152\r\nNumber of Ports : 16384\r\n", 0);
    fake_command_set("excludedportrange", "50000 50059 *\r\n", 0);
    fake_command_set("Get-NetTCPSetting", "Internet 0 0\r\n", 0);
    assert_int_equal(tcp_collector.open(&paths, &world.options, &world.state), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tcp_collector.close(world.state);
    snapshot_release(world.snapshot);
    fake_command_clear();
    fake_local_machine_clear();
    fake_process_list_fail(0, 0);
    fake_tcp_table_fail(0);
    fake_event_log_fail(0);
    fake_connection_events_fail(0);
    return 0;
}

/* Samples these sockets; internal tables can be read before the sample ends. */
static struct builder *collect(const struct fake_tcp_row *rows, size_t count)
{
    struct builder *builder = sample_begin(world.snapshot, 1000);
    fake_tcp_table_set(rows, count);
    assert_int_equal(tcp_collector.collect(world.state, builder, clock_monotonic() + CLOCK_SECOND), 0);
    return builder;
}

static void finish(struct builder *builder)
{
    world.snapshot = sample_end(builder, world.snapshot);
}

#define SAMPLE(rows) finish(collect(rows, sizeof(rows) / sizeof((rows)[0])))

static long socket_row(const char *process, unsigned state)
{
    for (size_t i = 0; i < snapshot_row_count(world.snapshot, &table_tcp_sockets); i++)
        if (snapshot_number(world.snapshot, &table_tcp_sockets, i, TCP_SOCKETS_STATE) == state &&
            strcmp(snapshot_text(world.snapshot, &table_tcp_sockets, i, TCP_SOCKETS_PROCESS), process) == 0)
            return (long)i;
    return -1;
}

static void expect_sockets(const char *process, const char *unit, enum tcp_state state, unsigned sockets)
{
    long row = socket_row(process, state);
    if (row < 0)
        fail_msg("no row of %s", process);
    assert_string_equal(snapshot_text(world.snapshot, &table_tcp_sockets, (size_t)row, TCP_SOCKETS_UNIT), unit);
    assert_int_equal(snapshot_number(world.snapshot, &table_tcp_sockets, (size_t)row, TCP_SOCKETS_SOCKETS), sockets);
}

static uint64_t attributed(enum tcp_state state, enum tcp_method method)
{
    return snapshot_number(world.snapshot, &table_tcp_states, state, TCP_STATES_LIVE + method);
}

static void expect_source(const char *source, bool success)
{
    long row = sample_find(world.snapshot, &table_sources, SOURCES_SOURCE, source);
    if (row < 0)
        fail_msg("no source %s", source);
    if ((snapshot_number(world.snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS) != 0) != success)
        fail_msg("source %s: %s", source, snapshot_text(world.snapshot, &table_sources, (size_t)row, SOURCES_ERROR));
}

static void owners_are_programs_and_their_services(void **state)
{
    static const struct fake_tcp_row rows[] = {
        {TCP_STATE_LISTEN, "0.0.0.0", "0.0.0.0", 135, 0, 700, 1},
        {TCP_STATE_ESTABLISHED, HOST, FAR, 60000, 443, 700, 3},
        {TCP_STATE_ESTABLISHED, HOST, FAR, 61000, 25, 800, 1},
        {TCP_STATE_CLOSE_WAIT, HOST, FAR, 62000, 80, 900, 1},
        {TCP_STATE_SYN_SENT, HOST, FAR, 63000, 80, 4242, 1}, /* a process that is not in the list */
    };
    (void)state;
    SAMPLE(rows);
    expect_sockets("svchost.exe", "Dhcp+EventLog+lmhosts", TCP_STATE_ESTABLISHED, 3);
    expect_sockets("inetinfo.exe", "IISADMIN", TCP_STATE_ESTABLISHED, 1);
    expect_sockets("unknown*", "", TCP_STATE_CLOSE_WAIT, 1); /* not our word */
    expect_sockets("unknown", "", TCP_STATE_SYN_SENT, 1);
    assert_int_equal(attributed(TCP_STATE_SYN_SENT, TCP_METHOD_UNKNOWN), 1);
    assert_int_equal(snapshot_number(world.snapshot, &table_tcp_counters, 0, TCP_COUNTERS_ACTIVE_OPENS), 11);
    /* Windows tells no accept queue: that is not an empty one. */
    assert_false(snapshot_has(world.snapshot, &table_listeners, 0, LISTENERS_QUEUE));
    assert_false(snapshot_has(world.snapshot, &table_listeners, 0, LISTENERS_QUEUE_LIMIT));
    expect_source("owners", true);
    expect_source("services", true);
    expect_source("port_range", true);
    expect_source("counters", true);
    expect_source("event_log", true);
}

static void a_time_wait_is_the_listeners_or_whose_it_was(void **state)
{
    static const struct fake_tcp_row before[] = {
        {TCP_STATE_LISTEN, "::", "::", 25, 0, 800, 1},
        {TCP_STATE_LISTEN, "0.0.0.0", "0.0.0.0", 25, 0, 800, 1},
        {TCP_STATE_ESTABLISHED, HOST, FAR, 60000, 443, 700, 2},
    };
    static const struct fake_tcp_row after[] = {
        {TCP_STATE_LISTEN, "0.0.0.0", "0.0.0.0", 25, 0, 800, 1},
        {TCP_STATE_TIME_WAIT, HOST, FAR, 60000, 443, 0, 2},
        {TCP_STATE_TIME_WAIT, HOST, FAR, 25, 50001, 0, 1},
        {TCP_STATE_TIME_WAIT, HOST, "203.0.113.1", 60100, 80, 0, 1},
    };
    (void)state;
    SAMPLE(before);
    SAMPLE(after);
    expect_sockets("svchost.exe", "Dhcp+EventLog+lmhosts", TCP_STATE_TIME_WAIT, 2);
    expect_sockets("inetinfo.exe", "IISADMIN", TCP_STATE_TIME_WAIT, 1);
    expect_sockets("unknown", "", TCP_STATE_TIME_WAIT, 1);
    assert_int_equal(attributed(TCP_STATE_TIME_WAIT, TCP_METHOD_LIVE), 2);
    assert_int_equal(attributed(TCP_STATE_TIME_WAIT, TCP_METHOD_LISTENER), 1);
    assert_int_equal(attributed(TCP_STATE_TIME_WAIT, TCP_METHOD_UNKNOWN), 1);
}

static void short_ones_are_estimated_by_where_they_went(void **state)
{
    struct fake_tcp_row rows[] = {
        {TCP_STATE_ESTABLISHED, HOST, FAR, 60000, 443, 800, 4},
        {TCP_STATE_TIME_WAIT, HOST, FAR, 52000, 443, 0, 100},
    };
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        rows[0].local_port = 60000 + 10 * i; /* other ones each time */
        SAMPLE(rows);
    }
    expect_sockets("inetinfo.exe", "IISADMIN", TCP_STATE_TIME_WAIT, 100);
    assert_int_equal(attributed(TCP_STATE_TIME_WAIT, TCP_METHOD_ESTIMATED), 100);
}

static void one_pool_for_each_family(void **state)
{
    static const struct fake_tcp_row rows[] = {
        {TCP_STATE_ESTABLISHED, HOST, FAR, 60000, 443, 700, 5},
        {TCP_STATE_ESTABLISHED, "127.0.0.1", "127.0.0.1", 61000, 80, 700, 2},
        {TCP_STATE_TIME_WAIT, HOST, FAR, 62000, 443, 0, 3},
        {TCP_STATE_ESTABLISHED, HOST, FAR, 50010, 443, 700, 1}, /* excluded: no connection gets it by itself */
        {TCP_STATE_ESTABLISHED, "2001:db8::1", "2001:db8::2", 60000, 443, 700, 4},
    };
    const struct table *table = &table_tcp_pools;
    (void)state;
    struct builder *builder = collect(rows, sizeof(rows) / sizeof(rows[0]));
    assert_int_equal(builder_row_count(builder, table), 2);
    assert_string_equal(builder_get_text(builder, table, 0, TCP_POOLS_SOURCE), "*");
    assert_int_equal(builder_get_number(builder, table, 0, TCP_POOLS_USED), 10);
    assert_int_equal(builder_get_number(builder, table, 0, TCP_POOLS_SOCKETS), 10);
    assert_int_equal(builder_get_number(builder, table, 1, TCP_POOLS_V6), 1);
    assert_int_equal(builder_get_number(builder, table, 1, TCP_POOLS_USED), 4);
    assert_int_equal(builder_row_count(builder, &table_tcp_ranges), 2);
    assert_int_equal(builder_get_number(builder, &table_tcp_ranges, 0, TCP_RANGES_RESERVED), 60);
    assert_int_equal(builder_get_number(builder, &table_tcp_ranges, 0, TCP_RANGES_NO_CLIFF), 1);
    finish(builder);
}

static void ports_that_are_shared_are_no_single_pool(void **state)
{
    static const struct fake_tcp_row rows[] = {{TCP_STATE_ESTABLISHED, HOST, FAR, 60000, 443, 700, 5}};
    (void)state;
    fake_command_set("Get-NetTCPSetting", "Internet 10000 50000\r\n", 0);
    struct builder *builder = collect(rows, 1);
    assert_string_equal(builder_get_text(builder, &table_tcp_pools, 0, TCP_POOLS_SOURCE), HOST);
    assert_false(builder_has(builder, &table_tcp_pools, 0, TCP_POOLS_SOCKETS));
    assert_int_equal(builder_get_number(builder, &table_tcp_ranges, 0, TCP_RANGES_ONE_POOL), 0);
    assert_int_equal(builder_get_number(builder, &table_tcp_ranges, 0, TCP_RANGES_NO_CLIFF), 1);
    finish(builder);
}

static void a_range_that_is_not_told_is_unknown(void **state)
{
    static const struct fake_tcp_row rows[] = {{TCP_STATE_ESTABLISHED, HOST, FAR, 60000, 443, 700, 5}};
    (void)state;
    fake_command_set("dynamicport", "", 0);
    struct builder *builder = collect(rows, 1);
    assert_false(builder_has(builder, &table_tcp_ranges, 0, TCP_RANGES_LOW));
    assert_false(builder_has(builder, &table_tcp_ranges, 1, TCP_RANGES_LOW));
    finish(builder);
    expect_source("port_range", false);
    /* Directions are told by the usual range all the same. */
    assert_int_equal(snapshot_number(world.snapshot, &table_tcp_sockets, 0, TCP_SOCKETS_ROLE), TCP_ROLE_OUTBOUND);
}

static void netsh_runs_once_in_a_while(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 30; i++)
        finish(collect(NULL, 0));
    assert_int_equal(fake_command_runs(), 5);
    fake_clock_advance(300 * CLOCK_SECOND);
    finish(collect(NULL, 0));
    assert_int_equal(fake_command_runs(), 9); /* PowerShell, the fifth, once an hour */
    fake_clock_advance(3600 * CLOCK_SECOND);
    finish(collect(NULL, 0));
    assert_int_equal(fake_command_runs(), 14);
}

static void what_cannot_be_read_fails_alone(void **state)
{
    static const struct fake_tcp_row rows[] = {{TCP_STATE_ESTABLISHED, HOST, FAR, 60000, 443, 700, 5}};
    (void)state;
    fake_process_list_fail(0, -EACCES);
    fake_event_log_fail(-EACCES);
    SAMPLE(rows);
    expect_source("services", false);
    expect_source("event_log", false);
    assert_int_equal(snapshot_row_count(world.snapshot, &table_system_events), 0);
    expect_sockets("svchost.exe", "", TCP_STATE_ESTABLISHED, 5);
    fake_process_list_fail(-EPERM, 0);
    SAMPLE(rows);
    expect_source("owners", false);
    expect_sockets("svchost.exe", "", TCP_STATE_ESTABLISHED, 5); /* remembered by its ends */
    fake_tcp_table_fail(-ENOSYS);
    struct builder *builder = sample_begin(world.snapshot, 0);
    assert_int_equal(tcp_collector.collect(world.state, builder, clock_monotonic()), -ENOSYS);
    builder_free(builder);
}

static void events_of_the_log_are_counted_from_zero(void **state)
{
    (void)state;
    finish(collect(NULL, 0));
    assert_int_equal(snapshot_row_count(world.snapshot, &table_system_events), 3);
    fake_event_log_happen("Tcpip", 4231, 2);
    fake_event_log_happen("Tcpip", 4226, 5);
    finish(collect(NULL, 0));
    fake_event_log_happen("Tcpip", 4231, 1);
    finish(collect(NULL, 0));
    long row = sample_find(world.snapshot, &table_system_events, SYSTEM_EVENTS_ID, "4231");
    assert_int_equal(snapshot_number(world.snapshot, &table_system_events, (size_t)row, SYSTEM_EVENTS_EVENTS), 3);
    row = sample_find(world.snapshot, &table_system_events, SYSTEM_EVENTS_ID, "4227");
    assert_int_equal(snapshot_number(world.snapshot, &table_system_events, (size_t)row, SYSTEM_EVENTS_EVENTS), 0);
}

/* By the layout of the provider's manifest: process 800, 60 bytes, to 198.51.100.7:443 from 192.0.2.10:60001. */
static const unsigned char connect_v4[] = {0x20, 0x03, 0, 0,  60,   0,    0,    0,    198,  51,   100, 7,
                                           192,  0,    2, 10, 0x01, 0xbb, 0xea, 0x61, 0xb4, 0x05, 1,   0};

static void a_connection_between_two_samples_has_an_owner_by_its_event(void **state)
{
    static const struct fake_tcp_row rows[] = {{TCP_STATE_TIME_WAIT, HOST, FAR, 60001, 443, 0, 1}};
    (void)state;
    tcp_collector.close(world.state);
    world.options.events = TCP_EVENTS_ON;
    assert_int_equal(tcp_collector.open(NULL, &world.options, &world.state), 0);
    fake_connection_events_fail(-EACCES);
    SAMPLE(rows);
    expect_source("events", false);
    assert_int_equal(attributed(TCP_STATE_TIME_WAIT, TCP_METHOD_UNKNOWN), 1);
    fake_connection_events_fail(0);
    fake_connection_events_play(12, connect_v4, sizeof(connect_v4));
    SAMPLE(rows);
    expect_source("events", true);
    expect_sockets("inetinfo.exe", "IISADMIN", TCP_STATE_TIME_WAIT, 1);
    assert_int_equal(attributed(TCP_STATE_TIME_WAIT, TCP_METHOD_EVENT), 1);
    assert_int_equal(snapshot_number(world.snapshot, &table_tcp_events, 0, TCP_EVENTS_ACTIVE), 1);
}

static void names_are_learnt_anew_when_there_are_too_many(void **state)
{
    static const struct fake_tcp_row rows[] = {{TCP_STATE_ESTABLISHED, HOST, FAR, 60000, 443, 1, 1}};
    static char names[4000][24];
    static struct fake_process many[4000];
    (void)state;
    for (unsigned round = 0; round < 8; round++) {
        for (unsigned i = 0; i < 4000; i++) {
            snprintf(names[i], sizeof(names[i]), "p%u.exe", round * 4000 + i);
            many[i] = (struct fake_process){.pid = i + 1, .program = names[i]};
        }
        fake_process_list_set(many, 4000);
        SAMPLE(rows);
        expect_sockets(names[0], "", TCP_STATE_ESTABLISHED, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(owners_are_programs_and_their_services, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_time_wait_is_the_listeners_or_whose_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(short_ones_are_estimated_by_where_they_went, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_pool_for_each_family, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ports_that_are_shared_are_no_single_pool, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_range_that_is_not_told_is_unknown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(netsh_runs_once_in_a_while, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_fails_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_of_the_log_are_counted_from_zero, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_connection_between_two_samples_has_an_owner_by_its_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_learnt_anew_when_there_are_too_many, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
