/* SPDX-License-Identifier: Apache-2.0
 * What is remembered of connections on Windows: their owners, their ages, how long a TIME_WAIT lives. */
#include <string.h>

#include "base/clock.h"
#include "collectors/tcp/windows/tuples.h"
#include "tests/cmocka.h"

#define LIFE_MS 120000u

static const struct owner agent = {7, 8};

struct world {
    struct tuples tuples;
    struct lives lives;
    int64_t now;
};

static int set_up(void **state)
{
    static struct world world;
    world = (struct world){.now = 1000 * CLOCK_SECOND};
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    tuples_free(&world->tuples);
    return 0;
}

static void begin(struct world *world, unsigned seconds)
{
    world->now += seconds * CLOCK_SECOND;
    assert_int_equal(tuples_begin(&world->tuples, world->now), 0);
}

static struct tcp_socket connection(unsigned number, enum tcp_state state)
{
    const uint8_t local[4] = {192, 0, 2, 1}, remote[4] = {198, 51, (uint8_t)(number >> 16), 1};
    return (struct tcp_socket){.state = state,
                               .local = tcp_address_v4(local),
                               .remote = tcp_address_v4(remote),
                               .local_port = (uint16_t)number,
                               .remote_port = 1433};
}

static struct tuple_seen see(struct world *world, unsigned number, enum tcp_state state, struct owner owner)
{
    const struct tcp_socket socket = connection(number, state);
    return tuples_see(&world->tuples, &socket, owner, LIFE_MS);
}

static void end(struct world *world)
{
    tuples_end(&world->tuples, &world->lives);
}

static void a_time_wait_has_the_owner_that_it_had_alive(void **state)
{
    struct world *world = *state;
    begin(world, 5);
    assert_true(see(world, 1, TCP_STATE_ESTABLISHED, agent).fresh);
    end(world);
    begin(world, 5);
    struct tuple_seen seen = see(world, 1, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN);
    assert_int_equal(seen.owner.unit, agent.unit);
    assert_false(seen.fresh);
    assert_false(seen.from_event);
    assert_in_range(seen.age_ms, 0, 5000);
    assert_int_equal(see(world, 2, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN).owner.process, NAME_UNKNOWN);
    end(world);
    begin(world, 5);
    assert_in_range(see(world, 1, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN).age_ms, 5000, 10000);
    end(world);
}

static void what_was_not_there_for_a_sample_is_forgotten(void **state)
{
    struct world *world = *state;
    begin(world, 5);
    (void)see(world, 1, TCP_STATE_ESTABLISHED, agent);
    end(world);
    begin(world, 5);
    end(world);
    assert_int_equal(world->tuples.count, 0);
    begin(world, 5);
    assert_true(see(world, 1, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN).fresh);
    end(world);
}

static void an_event_tells_who_it_was(void **state)
{
    struct world *world = *state;
    const struct tcp_socket opened = connection(5, TCP_STATE_ESTABLISHED);
    begin(world, 5);
    end(world);
    begin(world, 5);
    tuples_note_event(&world->tuples, &opened, agent);
    struct tuple_seen seen = see(world, 5, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN);
    assert_true(seen.from_event);
    assert_int_equal(seen.owner.process, agent.process);
    tuples_note_event(&world->tuples, &opened, OWNER_UNKNOWN);
    end(world);
    assert_int_equal(world->tuples.count, 1);
}

static void ages_of_those_before_us_are_spread(void **state)
{
    struct world *world = *state;
    unsigned halves[2] = {0};
    begin(world, 5);
    for (unsigned i = 0; i < 10000; i++)
        halves[see(world, i, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN).age_ms > LIFE_MS / 2]++;
    end(world);
    assert_in_range(halves[0], 4700, 5300);
    /* They tell no life: nobody saw them enter. */
    begin(world, 5);
    end(world);
    assert_int_equal(world->lives.count, 0);
}

static void the_life_is_measured(void **state)
{
    struct world *world = *state;
    const unsigned life = 47, interval = 5, each = 20;
    for (unsigned second = 0; second < 200; second += interval) {
        begin(world, interval);
        /* In each second some enter; those of the last 47 are there. */
        for (unsigned entered = second > life ? second - life : 0; entered < second; entered++)
            for (unsigned i = 0; i < each; i++)
                (void)see(world, entered * each + i, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN);
        end(world);
    }
    assert_in_range(lives_measured(&world->lives), (life - 1) * 1000, (life + 1) * 1000);
}

static void a_few_lives_tell_nothing_and_resets_do_not_matter(void **state)
{
    struct lives lives = {0};
    (void)state;
    for (unsigned i = 0; i < LIVES_NEEDED - 1; i++)
        lives_note(&lives, 240000);
    assert_int_equal(lives_measured(&lives), 0);
    lives_note(&lives, 240000);
    assert_int_equal(lives_measured(&lives), 240000);
    for (unsigned i = 0; i < 20; i++)
        lives_note(&lives, 1000);
    assert_int_equal(lives_measured(&lives), 240000);
    for (unsigned i = 0; i < LIVES_KEPT; i++)
        lives_note(&lives, 29600);
    assert_int_equal(lives_measured(&lives), 30000);
    lives_note(&lives, UINT32_MAX);
}

static void memory_has_an_end(void **state)
{
    struct world *world = *state;
    const unsigned more = TUPLES_MAX + 1000;
    begin(world, 5);
    for (unsigned i = 0; i < more; i++)
        (void)see(world, i, TCP_STATE_ESTABLISHED, agent);
    end(world);
    assert_int_equal(world->tuples.count, TUPLES_MAX);
    begin(world, 5);
    unsigned known = 0;
    for (unsigned i = 0; i < more; i += 2)
        known += owner_is_known(see(world, i, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN).owner);
    end(world);
    assert_int_equal(known, TUPLES_MAX / 2);
    /* What is left is found although half of the table was taken out from between. */
    begin(world, 5);
    known = 0;
    for (unsigned i = 0; i < TUPLES_MAX; i += 2)
        known += owner_is_known(see(world, i, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN).owner);
    assert_int_equal(known, TUPLES_MAX / 2);
    tuples_forget_owners(&world->tuples);
    assert_false(owner_is_known(see(world, 0, TCP_STATE_TIME_WAIT, OWNER_UNKNOWN).owner));
    end(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_time_wait_has_the_owner_that_it_had_alive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_not_there_for_a_sample_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_event_tells_who_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ages_of_those_before_us_are_spread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_life_is_measured, set_up, tear_down),
        cmocka_unit_test(a_few_lives_tell_nothing_and_resets_do_not_matter),
        cmocka_unit_test_setup_teardown(memory_has_an_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
