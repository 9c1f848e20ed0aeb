/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/pace.h"
#include "tests/cmocka.h"
#include "tests/fakes/clock.h"

static const int64_t never = INT64_MAX;

/* Uses up what the pace gives for so many samples, 5 s apart; returns the time used. */
static int64_t use(struct pace *pace, unsigned samples)
{
    int64_t used = 0;
    for (unsigned i = 0; i < samples; i++) {
        pace_begin(pace, never);
        for (; pace_allows(pace); used += CLOCK_MILLISECOND)
            fake_clock_advance(CLOCK_MILLISECOND);
        pace_end(pace);
        fake_clock_advance(5 * CLOCK_SECOND);
    }
    return used;
}

static void a_sample_gets_a_slice(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace);
    assert_int_equal(use(&pace, 1), PACE_SLICE);
}

static void the_long_run_keeps_to_the_budget(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace);
    (void)use(&pace, 12);
    int64_t used = use(&pace, 12 * 60);
    assert_in_range(used / 60, PACE_BUDGET - 20 * CLOCK_MILLISECOND, PACE_BUDGET + 20 * CLOCK_MILLISECOND);
}

static void a_long_sleep_earns_one_budget(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace);
    (void)use(&pace, 12);
    fake_clock_advance(INT64_C(30) * 86400 * CLOCK_SECOND);
    pace_begin(&pace, never);
    /* Less what the last slice took too much. */
    assert_in_range(pace.allowance, PACE_BUDGET - CLOCK_MILLISECOND, PACE_BUDGET);
    assert_true(pace.hard_end == clock_monotonic() + pace.allowance);
}

static void the_deadline_ends_everything(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace);
    pace_begin(&pace, clock_monotonic());
    assert_false(pace_allows(&pace));
    pace_end(&pace);
    pace_begin(&pace, clock_monotonic() + CLOCK_MILLISECOND);
    assert_true(pace_allows(&pace));
    assert_true(pace.hard_end == clock_monotonic() + CLOCK_MILLISECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_gets_a_slice),
        cmocka_unit_test(the_long_run_keeps_to_the_budget),
        cmocka_unit_test(a_long_sleep_earns_one_budget),
        cmocka_unit_test(the_deadline_ends_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
