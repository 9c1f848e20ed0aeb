/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "collectors/mail/times.h"
#include "tests/cmocka.h"

#define NOW (1767225600 * CLOCK_SECOND)

static const int64_t limits[] = {300, 3600, 21600, 86400, 259200};

#define LIMITS (sizeof(limits) / sizeof(limits[0]))

static struct times_collector collector;

static uint64_t older(const struct times *times, int64_t now, int64_t seconds)
{
    return times_until(times, now - seconds * CLOCK_SECOND);
}

static void counts_are_exact_at_the_scan(void **state)
{
    (void)state;
    struct times times = TIMES_EMPTY;
    times_begin(&collector, NOW, TIMES_PAST);
    for (size_t i = 0; i < LIMITS; i++) {
        times_add(&collector, NOW - limits[i] * CLOCK_SECOND);
        times_add(&collector, NOW - limits[i] * CLOCK_SECOND + 1);
    }
    assert_int_equal(times_finish(&collector, &times), 0);
    for (size_t i = 0; i < LIMITS; i++)
        assert_int_equal(older(&times, NOW, limits[i]), 2 * (LIMITS - i) - 1);
    times_free(&times);
}

/* 200,000 messages of all ages grow older for four days without another scan. */
static void counts_lag_by_less_than_a_hundredth(void **state)
{
    (void)state;
    enum { MESSAGES = 200000 };
    int64_t *arrivals = calloc(MESSAGES, sizeof(*arrivals));
    struct times times = TIMES_EMPTY;
    srand48(421);
    times_begin(&collector, NOW, TIMES_PAST);
    for (size_t i = 0; i < MESSAGES; i++) {
        int64_t most = 2 * limits[(size_t)(drand48() * LIMITS)];
        arrivals[i] = NOW - (int64_t)(drand48() * (double)most * (double)CLOCK_SECOND);
        times_add(&collector, arrivals[i]);
    }
    assert_int_equal(times_finish(&collector, &times), 0);
    assert_true(times.count <= TIMES_BINS);
    for (int64_t later = 0; later < 4 * 86400; later += 1511) {
        for (size_t i = 0; i < LIMITS; i++) {
            int64_t bound = NOW + (later - limits[i]) * CLOCK_SECOND;
            int64_t lag = (limits[i] == 300 ? 2 : limits[i] / 100) * CLOCK_SECOND;
            uint64_t exact = 0;
            uint64_t lagging = 0;
            for (size_t j = 0; j < MESSAGES; j++) {
                exact += arrivals[j] <= bound;
                lagging += arrivals[j] <= bound - lag;
            }
            uint64_t count = times_until(&times, bound);
            assert_true(count <= exact && count >= lagging);
        }
    }
    times_free(&times);
    free(arrivals);
}

static void retries_ahead_are_told_apart_from_those_due(void **state)
{
    (void)state;
    struct times times = TIMES_EMPTY;
    times_begin(&collector, NOW, TIMES_FUTURE);
    times_add(&collector, NOW - CLOCK_SECOND);
    times_add(&collector, 0);
    times_add(&collector, NOW + CLOCK_SECOND);
    times_add(&collector, NOW + 4000 * CLOCK_SECOND);
    times_add(&collector, TIMES_LAST);
    assert_int_equal(times_finish(&collector, &times), 0);
    assert_int_equal(times_until(&times, NOW), 2);
    assert_int_equal(times_until(&times, NOW + CLOCK_SECOND), 3);
    assert_int_equal(times_until(&times, NOW + 3999 * CLOCK_SECOND), 3);
    assert_int_equal(times_until(&times, NOW + 4000 * CLOCK_SECOND), 4);
    times_free(&times);
}

static void time_stamps_that_anybody_may_set_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(times_moment(5, 7), 5 * CLOCK_SECOND + 7);
    assert_int_equal(times_moment(-1, 999), 0);
    assert_int_equal(times_moment(INT64_MIN, 0), 0);
    assert_true(times_moment(INT64_MAX, 999999999) == TIMES_LAST);
    assert_true(times_moment(TIMES_LAST / CLOCK_SECOND, 999999999) == TIMES_LAST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_exact_at_the_scan),
        cmocka_unit_test(counts_lag_by_less_than_a_hundredth),
        cmocka_unit_test(retries_ahead_are_told_apart_from_those_due),
        cmocka_unit_test(time_stamps_that_anybody_may_set_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
