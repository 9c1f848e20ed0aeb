/* SPDX-License-Identifier: Apache-2.0
 * The arithmetic against a simulation: ports taken second by second, given back sixty seconds later. */
#include "analysis/port_level.h"

#include <math.h>

#include "tests/cmocka.h"

#define LIFE 60

/* rates[i]: connections per second in the i-th ten seconds; then at the last rate for ever. Returns the level after
 * `seconds`, and in *ret_full the seconds from then until the ports are full, NaN if never. */
static struct port_level simulate(const unsigned *rates, unsigned seconds, uint64_t usable, double *ret_full)
{
    unsigned entered[400] = {0};
    struct port_level level = {.usable = usable, .life_seconds = LIFE};
    *ret_full = NAN;
    for (unsigned now = 0; now < 400; now++) {
        entered[now] = rates[(now < seconds ? now : seconds - 1) / 10];
        uint64_t standing = 0;
        for (unsigned i = now >= LIFE - 1 ? now - (LIFE - 1) : 0; i <= now; i++)
            standing += entered[i];
        if (now == seconds - 1) {
            level.held = standing;
            for (unsigned i = now >= LIFE - 1 ? now - (LIFE - 1) : 0; i <= now; i++)
                level.ages[(now - i) / (LIFE / PORT_LEVEL_AGES)] += entered[i];
        }
        if (now >= seconds && isnan(*ret_full) && standing >= usable)
            *ret_full = now - (seconds - 1);
    }
    return level;
}

static void check(const unsigned *rates, unsigned seconds, uint64_t usable)
{
    double full;
    struct port_level level = simulate(rates, seconds, usable, &full);
    double told = port_level_exhaustion(&level);
    assert_int_equal(isnan(told), isnan(full));
    if (!isnan(full))
        assert_true(fabs(told - full) <= 1.5);
}

static void the_time_left_is_that_of_the_simulation(void **state)
{
    (void)state;
    static const unsigned steady[] = {100, 100, 100, 100, 100, 100, 100};
    static const unsigned rising[] = {20, 20, 20, 20, 20, 20, 100};
    static const unsigned falling[] = {90, 90, 90, 90, 90, 90, 10};
    static const unsigned burst[] = {0, 0, 0, 300, 0, 0, 100};
    for (uint64_t usable = 1050; usable < 7000; usable += 500) {
        double full;
        check(steady, 10, usable);
        check(steady, 30, usable);
        struct port_level level = simulate(rising, 70, usable, &full);
        if (level.held < usable)
            check(rising, 70, usable);
        level = simulate(falling, 70, usable, &full);
        if (level.held < usable)
            check(falling, 70, usable);
        level = simulate(burst, 70, usable, &full);
        if (level.held < usable)
            check(burst, 70, usable);
    }
}

static void a_plateau_has_no_end(void **state)
{
    (void)state;
    struct port_level level = {.ages = {233}, .held = 233, .usable = 4000, .life_seconds = 60};
    assert_true(fabs(port_level_demand(&level) - 0.3495) < 1e-9);
    assert_true(isnan(port_level_exhaustion(&level)));
}

static void reuse_shortens_the_hold_to_a_second(void **state)
{
    (void)state;
    struct port_level level = {
        .live = 100, .ages = {6000}, .held = 700, .usable = 4000, .life_seconds = 60, .reusable = true};
    assert_true(fabs(port_level_demand(&level) - 0.175) < 1e-9);
    assert_true(isnan(port_level_exhaustion(&level)));
    /* New connections took over most of them before they were ten seconds old: those of the last second tell. */
    level.ages[0] = 1900;
    assert_true(fabs(port_level_rate(&level) - 600) < 1e-9);
    assert_true(fabs(port_level_demand(&level) - 0.175) < 1e-9);
    /* Full of those that may not be reused yet: the level cannot be higher than the range is wide. */
    level = (struct port_level){
        .live = 0, .ages = {4000}, .held = 4000, .usable = 4000, .life_seconds = 60, .reusable = true};
    assert_true(port_level_demand(&level) == 1);
    level.live = 100;
    level.held = 700;
    level.ages[0] = 50000; /* more in a second than there are ports */
    assert_true(port_level_demand(&level) > 1);
    assert_true(fabs(port_level_exhaustion(&level) - 0.66) < 1e-9);
}

static void full_is_full(void **state)
{
    (void)state;
    struct port_level level = {.ages = {1000, 1000, 1000, 1000}, .held = 4000, .usable = 4000, .life_seconds = 60};
    assert_true(port_level_exhaustion(&level) == 0);
    level.usable = 3000; /* a listener came later */
    assert_true(port_level_exhaustion(&level) == 0);
    /* Full of connections that stay. */
    level = (struct port_level){.live = 4000, .held = 4000, .usable = 4000, .life_seconds = 60};
    assert_true(port_level_demand(&level) == 1);
    assert_true(isnan(port_level_exhaustion(&level)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_left_is_that_of_the_simulation),
        cmocka_unit_test(a_plateau_has_no_end),
        cmocka_unit_test(reuse_shortens_the_hold_to_a_second),
        cmocka_unit_test(full_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
