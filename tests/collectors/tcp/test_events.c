/* SPDX-License-Identifier: Apache-2.0
 * The collector in event mode, on a fake kernel that makes events as the test wishes. */
#include "tests/collectors/tcp/events_world.h"

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
    world_set_up(world, TCP_EVENTS_ON);
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

static void what_auto_does_not_get_is_no_failure(void **state)
{
    (void)state;
    struct world world;
    world_set_up(&world, TCP_EVENTS_AUTO);
    sample(&world);
    assert_int_equal(active(&world), 0);
    assert_null(events_error(&world));
    assert_string_equal(snapshot_text(world.snapshot, &table_tcp_events, 0, TCP_EVENTS_MISSING), "events need CAP_BPF");
    assert_int_equal(count_of(&world, "relay", TCP_STATE_ESTABLISHED), 1);
    world_tear_down(&world);
}

static void what_is_demanded_and_missing_is_named(void **state)
{
    (void)state;
    struct world world;
    world_set_up(&world, TCP_EVENTS_ON);
    sample(&world);
    assert_string_equal(events_error(&world), "events need CAP_BPF: Operation not permitted");
    assert_int_equal(count_of(&world, "relay", TCP_STATE_ESTABLISHED), 1);
    world_tear_down(&world);
}

static void off_asks_for_nothing(void **state)
{
    (void)state;
    struct world world;
    fake_events_allow(0);
    world_set_up(&world, TCP_EVENTS_OFF);
    sample(&world);
    assert_null(fake_events());
    assert_int_equal(active(&world), 0);
    assert_null(events_error(&world));
    world_tear_down(&world);
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
    world_tear_down(&world);
}

static void events_count_without_a_walk(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    const struct event_key key = world_outbound(&world, "feeder", 5432);
    struct event_group *group = fake_events_live(&key, 77, TCP_ESTABLISHED);
    const struct event_tuple tuple = world_tuple(&world, 20500, 5432);
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
    world_tear_down(&world);
}

static void who_is_seen_since_did_not_leave_what_stood_before(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    const struct event_key key = world_outbound(&world, "feeder", 1433);
    struct event_group *group = NULL;
    for (uint64_t cookie = 71; cookie < 76; cookie++)
        group = fake_events_live(&key, cookie, TCP_ESTABLISHED);
    sample(&world);
    group->states[TCP_ESTABLISHED] = 0;
    sample(&world); /* five were seen to come and go, and nobody else's */
    sample(&world); /* which is evidence from the next sample on */
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 40);
    assert_int_equal(by_method(&world, TCP_STATE_TIME_WAIT, TCP_METHOD_ESTIMATED), 0);
    world_tear_down(&world);
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
    world_tear_down(&world);
}

static void other_namespaces_are_not_ours(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    struct event_key key = world_outbound(&world, "stranger", 5432);
    key.netns++;
    fake_events_live(&key, 79, TCP_ESTABLISHED);
    sample(&world);
    assert_int_equal(count_of(&world, "stranger", TCP_STATE_ESTABLISHED), 0);
    world_tear_down(&world);
}

static void a_walk_each_minute_puts_counts_right(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    const struct event_key key = world_outbound(&world, "leaky", 5432);
    fake_events_live(&key, 80, TCP_ESTABLISHED)->states[TCP_CLOSE_WAIT] = 9; /* their end was missed */
    sample(&world);
    assert_int_equal(count_of(&world, "leaky", TCP_STATE_CLOSE_WAIT), 9);
    fake_clock_advance(60 * CLOCK_SECOND);
    tree_file(world.root, "sockets", "%sestablished 192.0.2.1 20002 198.51.100.7 5432 cookie=80\n", world_sockets);
    sample(&world);
    assert_int_equal(count_of(&world, "leaky", TCP_STATE_CLOSE_WAIT), 0);
    assert_int_equal(count_of(&world, "leaky", TCP_STATE_ESTABLISHED), 1);
    assert_int_equal(by_method(&world, TCP_STATE_ESTABLISHED, TCP_METHOD_EVENT), 1);
    world_tear_down(&world);
}

/* A connection that ends while the walk comes by has no group any more, and a process that nobody finds in time. */
static void who_is_met_in_passing_calls_for_no_more_walks(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    say_sockstat(&world, 40);
    tree_file(world.root, "sockets", "%sestablished 192.0.2.1 20002 198.51.100.7 5432 inode=777 cookie=90\n",
              world_sockets);
    fake_clock_advance(60 * CLOCK_SECOND);
    sample(&world);
    const struct event_key key = world_outbound(&world, "leaky", 5432);
    fake_events_live(&key, 80, TCP_ESTABLISHED)->states[TCP_CLOSE_WAIT] = 9; /* a walk would miss them */
    sample(&world);
    assert_int_equal(count_of(&world, "leaky", TCP_STATE_CLOSE_WAIT), 9);
    world_tear_down(&world);
}

static void a_walk_goes_to_see_when_sockstat_differs(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    say_sockstat(&world, 40);
    tree_file(world.root, "sockets", "%stime_wait 192.0.2.1 22000 198.51.100.7 1433 expires=30000 repeat=60\n",
              world_sockets);
    sample(&world);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 40);
    say_sockstat(&world, 100);
    sample(&world);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 100);
    /* An overflow of tcp_max_tw_buckets looks like this: events enter TIME_WAITs that the kernel never had. */
    const struct event_key key = world_outbound(&world, "feeder", 5432);
    struct event_group *group = fake_events_live(&key, 81, TCP_ESTABLISHED);
    for (uint16_t i = 0; i < 500; i++) {
        const struct event_tuple tuple = world_tuple(&world, (uint16_t)(23000 + i), 5432);
        fake_events_time_wait(group, &tuple);
    }
    sample(&world);
    assert_int_equal(count_of(&world, "feeder", TCP_STATE_TIME_WAIT), 0);
    assert_int_equal(count_of(&world, "unknown", TCP_STATE_TIME_WAIT), 100);
    world_tear_down(&world);
}

static void accepted_connections_are_told_by_peer_at_mail_ports(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    struct event_key key;
    memset(&key, 0, sizeof(key));
    key.netns = world.netns;
    key.role = EVENT_INBOUND;
    key.port = 25;
    const struct tcp_address peer = tcp_address_v4((const uint8_t[]){192, 0, 2, 25});
    memcpy(key.destination, peer.bytes, sizeof(key.destination));
    struct event_group *group = fake_events_live(&key, 83, TCP_ESTABLISHED);
    group->accepts = 12;
    struct builder *builder = sample_begin(world.snapshot, 0);
    fake_events_advance(5000);
    assert_int_equal(tcp_collector.collect(world.state, builder, clock_monotonic() + CLOCK_SECOND), 0);
    const struct table *table = &table_tcp_mail_peers;
    assert_int_equal(builder_row_count(builder, table), 1);
    assert_string_equal(builder_get_text(builder, table, 0, TCP_MAIL_PEERS_PEER), "192.0.2.25");
    assert_int_equal(builder_get_number(builder, table, 0, TCP_MAIL_PEERS_ACCEPTED), 12);
    world.snapshot = sample_end(builder, world.snapshot);
    world_tear_down(&world);
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
    world_tear_down(&world);
}

static void events_above_their_budget_are_given_up(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    for (uint64_t sampled = 1; sampled <= 8 && active(&world); sampled++) {
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
    world_tear_down(&world);
}

static void rules_name_owners_by_command_line(void **state)
{
    (void)state;
    struct world world;
    struct tcp_process_name names[] = {{.match = "--instance=a", .name = "relay-a"}};
    fake_events_allow(0);
    fake_events_command("java -jar relay.jar --instance=a");
    world_set_up(&world, TCP_EVENTS_ON);
    tcp_collector.close(world.state);
    world.options.process_names = (struct option_records){names, 1};
    assert_int_equal(tcp_collector.open(&world.paths, &world.options, &world.state), 0);
    sample(&world);
    sample(&world);
    struct event_key key = world_outbound(&world, "java", 5432);
    key.command = 7;
    fake_events_live(&key, 83, TCP_ESTABLISHED);
    sample(&world);
    assert_int_equal(count_of(&world, "relay-a", TCP_STATE_ESTABLISHED), 1);
    world_tear_down(&world);
}

static void destinations_beyond_the_bound_are_counted_without(void **state)
{
    (void)state;
    struct world world;
    fake_events_allow(0);
    fake_events_limit(3);
    world_set_up(&world, TCP_EVENTS_ON);
    tree_file(world.root, "sockets",
              "%sestablished 192.0.2.1 20011 198.51.100.8 1433 inode=101 cookie=11\n"
              "established 192.0.2.1 20012 198.51.100.9 1433 inode=101 cookie=12\n",
              world_sockets);
    sample(&world);
    sample(&world);
    fake_events_limit(0);
    sample(&world);
    assert_in_range(by_method(&world, TCP_STATE_ESTABLISHED, TCP_METHOD_LIVE), 2, 4);
    world_tear_down(&world);
}

static void empty_groups_are_given_back(void **state)
{
    (void)state;
    struct world world;
    set_up_counting(&world);
    const struct event_key key = world_outbound(&world, "gone", 5432);
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
    world_tear_down(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_auto_does_not_get_is_no_failure),
        cmocka_unit_test(what_is_demanded_and_missing_is_named),
        cmocka_unit_test(off_asks_for_nothing),
        cmocka_unit_test(what_stood_before_counts_as_the_walk_told),
        cmocka_unit_test(events_count_without_a_walk),
        cmocka_unit_test(who_is_seen_since_did_not_leave_what_stood_before),
        cmocka_unit_test(inbound_sockets_are_their_listeners),
        cmocka_unit_test(other_namespaces_are_not_ours),
        cmocka_unit_test(a_walk_each_minute_puts_counts_right),
        cmocka_unit_test(who_is_met_in_passing_calls_for_no_more_walks),
        cmocka_unit_test(a_walk_goes_to_see_when_sockstat_differs),
        cmocka_unit_test(strangers_keep_the_sums_right),
        cmocka_unit_test(accepted_connections_are_told_by_peer_at_mail_ports),
        cmocka_unit_test(events_above_their_budget_are_given_up),
        cmocka_unit_test(rules_name_owners_by_command_line),
        cmocka_unit_test(destinations_beyond_the_bound_are_counted_without),
        cmocka_unit_test(empty_groups_are_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
