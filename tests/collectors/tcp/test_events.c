/* SPDX-License-Identifier: Apache-2.0
 * The collector in event mode, on a fake kernel that makes events as the test wishes. */
#include <errno.h>
#include <netinet/tcp.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/tcp/options.h"
#include "collectors/tcp/socket.h"
#include "snapshot/tables/all.h"
#include "tests/fakes/events.h"
#include "tests/fakes/sock_diag.h"
#include "tests/snapshot/sample.h"
#include "tests/tree.h"

extern const struct collector tcp_collector;

static const char sockets[] = "listen 0.0.0.0 80 0.0.0.0 0 inode=200 limit=100\n"
                              "established 192.0.2.1 20001 198.51.100.7 1433 inode=100 cookie=1\n"
                              "established 192.0.2.1 80 203.0.113.5 50000 inode=201 cookie=2\n"
                              "time_wait 192.0.2.1 21000 198.51.100.7 1433 expires=30000 repeat=40\n";

struct world {
    char root[64], procfs[80], file[80];
    struct collector_paths paths;
    struct tcp_options options;
    uint32_t netns;
    void *state;
    struct snapshot *snapshot;
};

static void set_up(struct world *world, unsigned events)
{
    struct stat status;
    char path[128];
    *world = (struct world){
        .options = {.max_rows = 200, .max_destinations = 20, .events = events, .event_cpu_budget = 0.02}};
    tree_make(world->root, sizeof(world->root));
    snprintf(world->procfs, sizeof(world->procfs), "%s/proc", world->root);
    snprintf(world->file, sizeof(world->file), "%s/sockets", world->root);
    world->paths = (struct collector_paths){world->procfs, "/nonexistent", world->root};
    tree_file(world->root, "sockets", "%s", sockets);
    tree_file(world->root, "proc/self/ns/net", "%s", "");
    tree_file(world->root, "proc/sys/net/ipv4/ip_local_port_range", "%s", "20000\t24000\n");
    tree_file(world->root, "proc/sys/net/ipv4/tcp_tw_reuse", "%s", "1\n");
    tree_file(world->root, "proc/net/snmp", "%s", "Tcp: ActiveOpens PassiveOpens\nTcp: 12 34\n");
    tree_file(world->root, "proc/net/netstat", "%s", "TcpExt: ListenOverflows ListenDrops\nTcpExt: 5 6\n");
    tree_link(world->root, "proc/10/exe", "/usr/bin/relay");
    tree_link(world->root, "proc/10/fd/3", "socket:[100]");
    tree_link(world->root, "proc/20/exe", "/usr/sbin/httpd");
    tree_link(world->root, "proc/20/fd/3", "socket:[200]");
    tree_link(world->root, "proc/20/fd/4", "socket:[201]");
    snprintf(path, sizeof(path), "%s/self/ns/net", world->procfs);
    assert_int_equal(stat(path, &status), 0);
    world->netns = (uint32_t)status.st_ino;
    fake_sock_diag_file(world->file);
    assert_int_equal(tcp_collector.open(&world->paths, &world->options, &world->state), 0);
}

static void tear_down(struct world *world)
{
    snapshot_release(world->snapshot);
    tcp_collector.close(world->state);
    fake_sock_diag_file(NULL);
    fake_events_allow(-EPERM);
    tree_remove(world->root);
}

static void sample(struct world *world)
{
    struct builder *builder = sample_begin(world->snapshot, 0);
    fake_events_advance(5000);
    assert_int_equal(tcp_collector.collect(world->state, builder, clock_monotonic() + CLOCK_SECOND), 0);
    world->snapshot = sample_end(builder, world->snapshot);
}

static void say_sockstat(struct world *world, unsigned time_waits)
{
    tree_file(world->root, "proc/net/sockstat", "TCP: inuse 3 orphan 0 tw %u alloc 5 mem 0\n", time_waits);
}

/* A world in which events are counted and know what stood before: the second sample tells them. */
static void set_up_counting(struct world *world)
{
    fake_events_allow(0);
    set_up(world, TCP_EVENTS_ON);
    sample(world);
    sample(world);
}

static uint64_t count_of(const struct world *world, const char *process, enum tcp_state state)
{
    const struct table *table = &table_tcp_sockets;
    uint64_t sum = 0;
    for (size_t i = 0; i < snapshot_row_count(world->snapshot, table); i++)
        if (strcmp(snapshot_text(world->snapshot, table, i, TCP_SOCKETS_PROCESS), process) == 0 &&
            snapshot_number(world->snapshot, table, i, TCP_SOCKETS_STATE) == state)
            sum += snapshot_number(world->snapshot, table, i, TCP_SOCKETS_SOCKETS);
    return sum;
}

static uint64_t by_method(const struct world *world, enum tcp_state state, enum tcp_method method)
{
    const struct table *table = &table_tcp_states;
    for (size_t i = 0; i < snapshot_row_count(world->snapshot, table); i++)
        if (snapshot_number(world->snapshot, table, i, TCP_STATES_STATE) == state)
            return snapshot_number(world->snapshot, table, i, TCP_STATES_LIVE + method);
    return 0;
}

static uint64_t active(const struct world *world)
{
    return snapshot_number(world->snapshot, &table_tcp_events, 0, TCP_EVENTS_ACTIVE);
}

static const char *events_error(const struct world *world)
{
    long row = sample_find(world->snapshot, &table_sources, SOURCES_SOURCE, "events");
    return row < 0 ? NULL : snapshot_text(world->snapshot, &table_sources, (size_t)row, SOURCES_ERROR);
}

static struct event_key outbound(const struct world *world, const char *process, uint16_t port)
{
    struct event_key key;
    const struct tcp_address source = tcp_address_v4((const uint8_t[]){192, 0, 2, 1});
    const struct tcp_address destination = tcp_address_v4((const uint8_t[]){198, 51, 100, 7});
    memset(&key, 0, sizeof(key));
    memcpy(key.source, &source, sizeof(source));
    memcpy(key.destination, &destination, sizeof(destination));
    key.netns = world->netns;
    key.port = port;
    key.role = EVENT_OUTBOUND;
    snprintf(key.name, sizeof(key.name), "%s", process);
    return key;
}

static struct event_tuple tuple_of(const struct world *world, uint16_t local_port, uint16_t port)
{
    struct event_tuple tuple = {.netns = world->netns, .local_port = local_port, .remote_port = port};
    const struct event_key key = outbound(world, "", port);
    memcpy(tuple.local, key.source, sizeof(tuple.local));
    memcpy(tuple.remote, key.destination, sizeof(tuple.remote));
    return tuple;
}

static void what_auto_does_not_get_is_no_failure(void **state)
{
    (void)state;
    struct world world;
    set_up(&world, TCP_EVENTS_AUTO);
    sample(&world);
    assert_int_equal(active(&world), 0);
    assert_null(events_error(&world));
    assert_string_equal(snapshot_text(world.snapshot, &table_tcp_events, 0, TCP_EVENTS_MISSING), "events need CAP_BPF");
    assert_int_equal(count_of(&world, "relay", TCP_STATE_ESTABLISHED), 1);
    tear_down(&world);
}

static void what_is_demanded_and_missing_is_named(void **state)
{
    (void)state;
    struct world world;
    set_up(&world, TCP_EVENTS_ON);
    sample(&world);
    assert_string_equal(events_error(&world), "events need CAP_BPF: Operation not permitted");
    assert_int_equal(count_of(&world, "relay", TCP_STATE_ESTABLISHED), 1);
    tear_down(&world);
}

static void off_asks_for_nothing(void **state)
{
    (void)state;
    struct world world;
    fake_events_allow(0);
    set_up(&world, TCP_EVENTS_OFF);
    sample(&world);
    assert_null(fake_events());
    assert_int_equal(active(&world), 0);
    assert_null(events_error(&world));
    tear_down(&world);
}

static void what_stood_before_counts_as_the_walk_told(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    assert_int_equal(active(&world), 1);
    assert_string_equal(events_error(&world), "");
    tree_file(world.root, "sockets", "%s", "listen 0.0.0.0 80 0.0.0.0 0 inode=200 limit=100\n");
    sample(&world); /* no walk tells that they are gone, and no event either */
    assert_int_equal(count_of(&world, "relay", TCP_STATE_ESTABLISHED), 1);
    assert_int_equal(count_of(&world, "httpd", TCP_STATE_ESTABLISHED), 1);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 40);
    assert_int_equal(by_method(&world, TCP_STATE_ESTABLISHED, TCP_METHOD_LIVE), 2);
    fake_events_advance(30000); /* but TIME_WAITs end by themselves */
    sample(&world);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 0);
    tear_down(&world);
}

static void events_count_without_a_walk(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    const struct event_key key = outbound(&world, "feeder", 5432);
    struct event_group *group = fake_events_live(&key, 77, TCP_ESTABLISHED);
    const struct event_tuple tuple = tuple_of(&world, 20500, 5432);
    fake_events_time_wait(group, &tuple);
    group->connects = 2;
    group->failures[EVENT_REFUSED] = 1;
    sample(&world);
    assert_int_equal(count_of(&world, "feeder", TCP_STATE_ESTABLISHED), 1);
    assert_int_equal(count_of(&world, "feeder", TCP_STATE_TIME_WAIT), 1);
    assert_int_equal(by_method(&world, TCP_STATE_TIME_WAIT, TCP_METHOD_EVENT), 1);
    const struct table *connects = &table_tcp_connects;
    assert_int_equal(snapshot_row_count(world.snapshot, connects), 1);
    assert_string_equal(snapshot_text(world.snapshot, connects, 0, TCP_CONNECTS_PROCESS), "feeder");
    assert_string_equal(snapshot_text(world.snapshot, connects, 0, TCP_CONNECTS_DESTINATION), "198.51.100.7:5432");
    assert_int_equal(snapshot_number(world.snapshot, connects, 0, TCP_CONNECTS_BEGUN), 2);
    assert_int_equal(snapshot_number(world.snapshot, connects, 0, TCP_CONNECTS_FAILURES + EVENT_REFUSED), 1);
    tear_down(&world);
}

static void inbound_sockets_are_their_listeners(void **state)
{
    (void)state;
    struct world world;
    struct event_key key;
    set_up_counting(&world);
    const struct tcp_address local = tcp_address_v4((const uint8_t[]){192, 0, 2, 1});
    memset(&key, 0, sizeof(key));
    memcpy(key.source, &local, sizeof(local));
    key.netns = world.netns;
    key.port = 80;
    key.role = EVENT_INBOUND;
    fake_events_live(&key, 78, TCP_CLOSE_WAIT);
    sample(&world);
    assert_int_equal(count_of(&world, "httpd", TCP_STATE_CLOSE_WAIT), 1);
    assert_int_equal(by_method(&world, TCP_STATE_CLOSE_WAIT, TCP_METHOD_LISTENER), 1);
    tear_down(&world);
}

static void other_namespaces_are_not_ours(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    struct event_key key = outbound(&world, "stranger", 5432);
    key.netns++;
    fake_events_live(&key, 79, TCP_ESTABLISHED);
    sample(&world);
    assert_int_equal(count_of(&world, "stranger", TCP_STATE_ESTABLISHED), 0);
    tear_down(&world);
}

static void a_walk_each_minute_puts_counts_right(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    const struct event_key key = outbound(&world, "leaky", 5432);
    fake_events_live(&key, 80, TCP_ESTABLISHED)->states[TCP_CLOSE_WAIT] = 9; /* their end was missed */
    sample(&world);
    assert_int_equal(count_of(&world, "leaky", TCP_STATE_CLOSE_WAIT), 9);
    fake_clock_advance(60 * CLOCK_SECOND);
    tree_file(world.root, "sockets", "%sestablished 192.0.2.1 20002 198.51.100.7 5432 cookie=80\n", sockets);
    sample(&world);
    assert_int_equal(count_of(&world, "leaky", TCP_STATE_CLOSE_WAIT), 0);
    assert_int_equal(count_of(&world, "leaky", TCP_STATE_ESTABLISHED), 1);
    assert_int_equal(by_method(&world, TCP_STATE_ESTABLISHED, TCP_METHOD_EVENT), 1);
    tear_down(&world);
}

static void a_walk_goes_to_see_when_sockstat_differs(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    say_sockstat(&world, 40);
    tree_file(world.root, "sockets", "%stime_wait 192.0.2.1 22000 198.51.100.7 1433 expires=30000 repeat=60\n",
              sockets);
    sample(&world);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 40);
    say_sockstat(&world, 100);
    sample(&world);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 100);
    /* An overflow of tcp_max_tw_buckets looks like this: events enter TIME_WAITs that the kernel never had. */
    const struct event_key key = outbound(&world, "feeder", 5432);
    struct event_group *group = fake_events_live(&key, 81, TCP_ESTABLISHED);
    for (uint16_t i = 0; i < 500; i++) {
        const struct event_tuple tuple = tuple_of(&world, (uint16_t)(23000 + i), 5432);
        fake_events_time_wait(group, &tuple);
    }
    sample(&world);
    assert_int_equal(count_of(&world, "feeder", TCP_STATE_TIME_WAIT), 0);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 100);
    tear_down(&world);
}

static void strangers_keep_the_sums_right(void **state)
{
    (void)state;
    struct world world;
    struct event_key key;
    set_up_counting(&world);
    memset(&key, 0, sizeof(key));
    key.netns = world.netns;
    key.role = EVENT_STRANGER;
    fake_events_live(&key, 82, TCP_CLOSE_WAIT)->states[TCP_ESTABLISHED] = -1;
    sample(&world);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_CLOSE_WAIT), 1);
    assert_int_equal(
        count_of(&world, "relay", TCP_STATE_ESTABLISHED) + count_of(&world, "httpd", TCP_STATE_ESTABLISHED), 1);
    tear_down(&world);
}

static void events_above_their_budget_are_given_up(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    for (uint64_t sampled = 1; sampled <= 5 && active(&world); sampled++) {
        fake_events_cost(4, sampled * 500 * CLOCK_MILLISECOND); /* a tenth of a core */
        sample(&world);
    }
    assert_int_equal(active(&world), 0);
    assert_null(fake_events());
    assert_non_null(strstr(events_error(&world), "events took 10.0 % of a core, 2.0 % allowed"));
    assert_int_equal(snapshot_number(world.snapshot, &table_tcp_events, 0, TCP_EVENTS_LOST), 4);
    assert_int_equal(count_of(&world, "relay", TCP_STATE_ESTABLISHED), 1);
    fake_events_allow(0);
    fake_clock_advance(600 * CLOCK_SECOND);
    sample(&world); /* and tried again later */
    assert_int_equal(active(&world), 1);
    tear_down(&world);
}

static void rules_name_owners_by_command_line(void **state)
{
    (void)state;
    struct world world;
    struct tcp_process_name names[] = {{.match = "--instance=a", .name = "relay-a"}};
    fake_events_allow(0);
    fake_events_command("java -jar relay.jar --instance=a");
    set_up(&world, TCP_EVENTS_ON);
    tcp_collector.close(world.state);
    world.options.process_names = (struct option_records){names, 1};
    assert_int_equal(tcp_collector.open(&world.paths, &world.options, &world.state), 0);
    sample(&world);
    sample(&world);
    struct event_key key = outbound(&world, "java", 5432);
    key.command = 7;
    fake_events_live(&key, 83, TCP_ESTABLISHED);
    sample(&world);
    assert_int_equal(count_of(&world, "relay-a", TCP_STATE_ESTABLISHED), 1);
    tear_down(&world);
}

static void destinations_beyond_the_bound_are_counted_without(void **state)
{
    (void)state;
    struct world world;
    fake_events_allow(0);
    fake_events_limit(3);
    set_up(&world, TCP_EVENTS_ON);
    tree_file(world.root, "sockets",
              "%sestablished 192.0.2.1 20011 198.51.100.8 1433 inode=101 cookie=11\n"
              "established 192.0.2.1 20012 198.51.100.9 1433 inode=101 cookie=12\n",
              sockets);
    sample(&world);
    sample(&world);
    fake_events_limit(0);
    sample(&world);
    assert_in_range(by_method(&world, TCP_STATE_ESTABLISHED, TCP_METHOD_LIVE), 2, 4);
    tear_down(&world);
}

static void empty_groups_are_given_back(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    const struct event_key key = outbound(&world, "gone", 5432);
    struct event_group *group = fake_events_live(&key, 84, TCP_ESTABLISHED);
    group->connects = 1;
    sample(&world);
    group->states[TCP_ESTABLISHED] = 0;
    sample(&world);
    assert_true(group->used);
    fake_clock_advance(601 * CLOCK_SECOND);
    fake_events_advance(601000);
    sample(&world);
    assert_true(group->used); /* forgotten; an event under way might still count in it */
    sample(&world);
    assert_false(group->used);
    tear_down(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_auto_does_not_get_is_no_failure),
        cmocka_unit_test(what_is_demanded_and_missing_is_named),
        cmocka_unit_test(off_asks_for_nothing),
        cmocka_unit_test(what_stood_before_counts_as_the_walk_told),
        cmocka_unit_test(events_count_without_a_walk),
        cmocka_unit_test(inbound_sockets_are_their_listeners),
        cmocka_unit_test(other_namespaces_are_not_ours),
        cmocka_unit_test(a_walk_each_minute_puts_counts_right),
        cmocka_unit_test(a_walk_goes_to_see_when_sockstat_differs),
        cmocka_unit_test(strangers_keep_the_sums_right),
        cmocka_unit_test(events_above_their_budget_are_given_up),
        cmocka_unit_test(rules_name_owners_by_command_line),
        cmocka_unit_test(destinations_beyond_the_bound_are_counted_without),
        cmocka_unit_test(empty_groups_are_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
