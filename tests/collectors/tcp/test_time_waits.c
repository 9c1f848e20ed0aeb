/* SPDX-License-Identifier: Apache-2.0
 * The agent's side of the TIME_WAITs that it shares with the event program. */
#include <stdlib.h>

#include "collectors/tcp/linux/events/time_waits.h"
#include "tests/cmocka.h"

#define NOW  1000u
#define LAST 1030u

struct world {
    struct event_arrivals arrivals;
    uint32_t spilled;
    struct events_memory memory;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    world->memory.tuples = calloc(EVENT_TUPLE_SETS, sizeof(*world->memory.tuples));
    world->memory.arrived = calloc(EVENT_ARRIVALS, sizeof(*world->memory.arrived));
    assert_non_null(world->memory.tuples);
    assert_non_null(world->memory.arrived);
    world->memory.arrivals = &world->arrivals;
    world->memory.spilled = &world->spilled;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    free(world->memory.tuples);
    free(world->memory.arrived);
    free(world);
    return 0;
}

/* A hash whose TIME_WAIT belongs into these two sets. */
static uint64_t hash_of(uint32_t tag, uint32_t first, uint32_t second)
{
    return (uint64_t)tag << 32 | second << 16 | first;
}

static void put(struct world *world, uint64_t hash, uint32_t turn, uint32_t group)
{
    time_waits_put(&world->memory, NOW, hash, event_tuple_entry(hash, turn, group));
}

/* As the event program does. */
static void list(struct world *world, uint64_t hash, uint32_t group)
{
    struct event_arrival *arrival = &world->memory.arrived[world->arrivals.listed++ & (EVENT_ARRIVALS - 1)];
    *arrival = (struct event_arrival){hash, event_tuple_entry(hash, LAST, group)};
}

static void one_is_found_by_its_hash_and_put_once(void **state)
{
    struct world *world = *state;
    const uint64_t hash = hash_of(7, 1, 2);
    assert_int_equal(time_waits_find(&world->memory, hash), 0);
    put(world, hash, LAST, 5);
    assert_int_equal(time_waits_find(&world->memory, hash), 5);
    assert_int_equal(time_waits_find(&world->memory, hash_of(8, 1, 2)), 0);
    put(world, hash, LAST, 6);
    assert_int_equal(time_waits_find(&world->memory, hash), 6);
    assert_int_equal(world->memory.tuples[1].entries[1], 0);
}

static void a_full_set_spills_into_the_second(void **state)
{
    struct world *world = *state;
    for (uint32_t i = 1; i <= 2 * EVENT_SET; i++)
        put(world, hash_of(i, 1, 2), LAST, i);
    for (uint32_t i = 1; i <= 2 * EVENT_SET; i++)
        assert_int_equal(time_waits_find(&world->memory, hash_of(i, 1, 2)), i);
    assert_int_equal(world->spilled, 1);
    put(world, hash_of(99, 1, 2), LAST, 99);
    assert_int_equal(time_waits_find(&world->memory, hash_of(99, 1, 2)), 99); /* in place of another */
}

static void what_is_over_gives_its_place(void **state)
{
    struct world *world = *state;
    for (uint32_t i = 1; i <= EVENT_SET; i++)
        put(world, hash_of(i, 1, 2), i == 3 ? NOW : LAST, i);
    put(world, hash_of(99, 1, 2), LAST, 99);
    assert_int_equal(time_waits_find(&world->memory, hash_of(3, 1, 2)), 0);
    assert_int_equal(time_waits_find(&world->memory, hash_of(99, 1, 2)), 99);
    assert_int_equal(world->spilled, 0);
}

static void what_is_listed_is_taken_in_order_round_and_round(void **state)
{
    struct world *world = *state;
    uint32_t group = 0;
    world->arrivals.listed = world->arrivals.taken = EVENT_ARRIVALS - 5;
    for (unsigned count = 1; count < 100; count += 7) {
        for (unsigned i = 0; i < count; i++, group++)
            list(world, hash_of(group + 1, group, group), group + 1);
        time_waits_take(&world->memory, NOW);
        assert_int_equal(world->arrivals.taken, world->arrivals.listed);
    }
    for (uint32_t i = 0; i < group; i++)
        assert_int_equal(time_waits_find(&world->memory, hash_of(i + 1, i, i)), i + 1);
    for (uint32_t i = 0; i < EVENT_ARRIVALS; i++)
        assert_int_equal(world->memory.arrived[i].entry, 0);
}

static void one_that_is_being_written_is_waited_for(void **state)
{
    struct world *world = *state;
    for (uint32_t i = 1; i <= 3; i++)
        list(world, hash_of(i, i, i), i);
    const uint64_t entry = world->memory.arrived[1].entry;
    world->memory.arrived[1].entry = 0;
    time_waits_take(&world->memory, NOW);
    assert_int_equal(world->arrivals.taken, 1);
    assert_int_equal(time_waits_find(&world->memory, hash_of(3, 3, 3)), 0);
    world->memory.arrived[1].entry = entry;
    time_waits_take(&world->memory, NOW);
    assert_int_equal(time_waits_find(&world->memory, hash_of(2, 2, 2)), 2);
    assert_int_equal(time_waits_find(&world->memory, hash_of(3, 3, 3)), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_is_found_by_its_hash_and_put_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_set_spills_into_the_second, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_over_gives_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_listed_is_taken_in_order_round_and_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_is_being_written_is_waited_for, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
