/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/pace.h"

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void pace_init(struct pace *pace)
{
    *pace = (struct pace){.allowance = PACE_BUDGET, .refilled = clock_monotonic()};
}

void pace_begin(struct pace *pace, int64_t deadline)
{
    int64_t now = clock_monotonic();
    /* Cut before multiplying: the agent may have slept for days. */
    int64_t passed = smaller(now - pace->refilled, PACE_PERIOD);
    int64_t earned = passed / (PACE_PERIOD / CLOCK_SECOND) * (PACE_BUDGET / CLOCK_MILLISECOND) / 1000;
    pace->allowance = smaller(pace->allowance + earned, PACE_BUDGET);
    pace->refilled = now;
    pace->hard_end = smaller(now + pace->allowance, deadline);
    pace->slice_end = smaller(now + PACE_SLICE, pace->hard_end);
}

bool pace_allows(const struct pace *pace)
{
    return clock_monotonic() < pace->slice_end;
}

void pace_end(struct pace *pace)
{
    int64_t now = clock_monotonic();
    pace->allowance -= now - pace->refilled;
    pace->refilled = now;
}
