/* SPDX-License-Identifier: Apache-2.0
 * TIME_WAITs by turn of the kernel's timer wheel. */
#include "collectors/tcp/linux/events/wheel.h"
#include "tests/cmocka.h"

#define HZ   250u
#define LIFE (60u * HZ)

static struct events_clock at(uint64_t ticks)
{
    return (struct events_clock){ticks, HZ, LIFE, 9};
}

/* As the event program does when a socket enters TIME_WAIT. */
static void enter(__u64 *wheel, uint64_t ticks, int count)
{
    event_wheel_add(wheel, (uint32_t)((ticks + LIFE) >> 9) + 1, count);
}

static void they_end_with_their_turn(void **state)
{
    (void)state;
    __u64 wheel[EVENT_WHEEL] = {0};
    const uint64_t start = 1000 * 512 + 100;
    enter(wheel, start, 3);
    /* 15,000 ticks later is turn 1029; the timer fires when turn 1030 begins. */
    struct events_clock clock = at(1030 * 512 - 1);
    assert_int_equal(wheel_count(wheel, &clock), 3);
    clock = at(1030 * 512);
    assert_int_equal(wheel_count(wheel, &clock), 0);
}

/* 100 ms are 25 ticks. */
static void the_end_of_a_turn_is_no_moment(void **state)
{
    (void)state;
    static const struct {
        uint64_t ticks;
        uint32_t late, soon;
    } cases[] = {{1030 * 512 - 26, 0, 0}, {1030 * 512 - 25, 0, 3}, {1030 * 512 - 1, 0, 3},
                 {1030 * 512, 3, 0},      {1030 * 512 + 24, 3, 0}, {1030 * 512 + 25, 0, 0}};
    __u64 wheel[EVENT_WHEEL] = {0};
    enter(wheel, 1000 * 512 + 100, 3);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct events_clock clock = at(cases[i].ticks);
        struct wheel_edge edge = wheel_edge(wheel, &clock, 100);
        assert_int_equal(edge.late, cases[i].late);
        assert_int_equal(edge.soon, cases[i].soon);
    }
}

static void what_is_left_tells_the_turn(void **state)
{
    (void)state;
    const struct events_clock clock = at(1000 * 512 + 100);
    assert_int_equal(wheel_now(&clock), 1000);
    assert_int_equal(wheel_end(&clock, 60000), 1030);
    assert_int_equal(wheel_end(&clock, 0), 1001);
    assert_int_equal(wheel_end(&clock, 1648), 1002); /* 412 ticks: the first of the next turn */
    assert_int_equal(wheel_end(&clock, 1644), 1001);
}

static void slots_are_taken_again(void **state)
{
    (void)state;
    __u64 wheel[EVENT_WHEEL] = {0};
    enter(wheel, 1000 * 512, 5);
    enter(wheel, (1000 + EVENT_WHEEL) * 512, 2);
    const struct events_clock clock = at((1000 + EVENT_WHEEL) * 512);
    assert_int_equal(wheel_count(wheel, &clock), 2);
}

static void taking_away_too_many_is_none(void **state)
{
    (void)state;
    __u64 wheel[EVENT_WHEEL] = {0};
    const struct events_clock clock = at(1000 * 512);
    enter(wheel, 1000 * 512, -1);
    assert_int_equal(wheel_count(wheel, &clock), 0);
    enter(wheel, 1000 * 512, 3);
    assert_int_equal(wheel_count(wheel, &clock), 2);
}

static void ages_sum_up(void **state)
{
    (void)state;
    __u64 wheel[EVENT_WHEEL] = {0};
    uint32_t parts[6], sum = 0;
    const uint64_t now = 5000 * 512 + 300;
    for (uint64_t tick = now - LIFE; tick <= now; tick += 5)
        enter(wheel, tick, 1);
    const struct events_clock clock = at(now);
    wheel_ages(wheel, &clock, parts, 6);
    for (unsigned i = 0; i < 6; i++) {
        assert_in_range(parts[i], 490, 610); /* 2,500 ticks each; the oldest part holds those that overstay too */
        sum += parts[i];
    }
    assert_int_equal(sum, wheel_count(wheel, &clock));
}

static void the_youngest_are_those_of_the_last_second(void **state)
{
    (void)state;
    __u64 wheel[EVENT_WHEEL] = {0};
    const uint64_t now = 5000 * 512 + 400;
    for (uint64_t tick = now - 4 * HZ; tick <= now; tick++)
        enter(wheel, tick, 1);
    const struct events_clock clock = at(now);
    assert_in_range(wheel_younger(wheel, &clock, 1000), HZ - 3, HZ + 3);
    assert_int_equal(wheel_younger(wheel, &clock, 0), 0);
    assert_int_equal(wheel_younger(wheel, &clock, 60000), wheel_count(wheel, &clock));
}

static void a_turn_is_set(void **state)
{
    (void)state;
    __u64 wheel[EVENT_WHEEL] = {0};
    const struct events_clock clock = at(1000 * 512);
    wheel_set(wheel, 1005, 7);
    wheel_set(wheel, 1005, 4);
    assert_int_equal(wheel_count(wheel, &clock), 4);
    event_wheel_add(wheel, 1005, -1);
    assert_int_equal(wheel_count(wheel, &clock), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_end_with_their_turn),
        cmocka_unit_test(the_end_of_a_turn_is_no_moment),
        cmocka_unit_test(what_is_left_tells_the_turn),
        cmocka_unit_test(slots_are_taken_again),
        cmocka_unit_test(taking_away_too_many_is_none),
        cmocka_unit_test(ages_sum_up),
        cmocka_unit_test(the_youngest_are_those_of_the_last_second),
        cmocka_unit_test(a_turn_is_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
