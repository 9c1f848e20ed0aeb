/* SPDX-License-Identifier: Apache-2.0
 * Every allocation of four samples in event mode fails once. */
#include "tests/collectors/tcp/events_world.h"
#include "tests/failing_memory.h"

static uint64_t sockets_in(const struct snapshot *snapshot, enum tcp_state state)
{
    const struct table *table = &table_tcp_states;
    for (size_t i = 0; i < snapshot_row_count(snapshot, table); i++)
        if (snapshot_number(snapshot, table, i, TCP_STATES_STATE) == state)
            return snapshot_number(snapshot, table, i, TCP_STATES_SOCKETS);
    return 0;
}

static int sample(struct world *world)
{
    const struct builder_settings settings = {.interval = 5 * CLOCK_SECOND, .hold = BUILDER_HOLD};
    struct builder *builder = NULL;
    struct snapshot *snapshot = NULL;
    fake_clock_advance(5 * CLOCK_SECOND);
    int error = builder_new(&settings, NULL, &builder);
    if (error == 0)
        error = tcp_collector.collect(world->state, builder, INT64_MAX);
    if (error == 0)
        error = builder_finish(builder, &snapshot);
    if (error == 0) {
        assert_int_equal(sockets_in(snapshot, TCP_STATE_ESTABLISHED), 2);
        assert_int_equal(sockets_in(snapshot, TCP_STATE_TIME_WAIT), 40);
    }
    snapshot_release(snapshot);
    builder_free(builder);
    return error;
}

/* A walk, a walk that tells the events what stands, a sample by events alone, and a walk that puts them right, with the
 * allocation of this number failing. Whether it came to that. What does not fail must be whole. */
static bool run(struct world *world, long failing)
{
    failing_memory_arm((unsigned long)failing + 1);
    int error = tcp_collector.open(&world->paths, &world->options, &world->state);
    for (unsigned i = 0; i < 4 && error == 0; i++) {
        if (i == 3)
            fake_clock_advance(60 * CLOCK_SECOND);
        error = sample(world);
    }
    bool reached = failing_memory_disarm();
    assert_true(error == 0 || (reached && error == -ENOMEM));
    if (world->state)
        tcp_collector.close(world->state);
    world->state = NULL;
    return reached;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    struct world world;
    fake_events_allow(0);
    world_set_up(&world, TCP_EVENTS_ON);
    tcp_collector.close(world.state);
    world.state = NULL;
    long failing = 0;
    while (run(&world, failing))
        failing++;
    assert_in_range(failing, 50, 2000);
    assert_int_equal(tcp_collector.open(&world.paths, &world.options, &world.state), 0);
    world_tear_down(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
