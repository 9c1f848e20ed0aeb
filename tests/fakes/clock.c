/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/clock.h"

#include "base/clock.h"

static int64_t monotonic_now = 1000 * CLOCK_SECOND;
static int64_t wall_now = 1767225600 * CLOCK_SECOND;

void fake_clock_set(int64_t monotonic, int64_t wall)
{
    monotonic_now = monotonic;
    wall_now = wall;
}

void fake_clock_advance(int64_t nanoseconds)
{
    monotonic_now += nanoseconds;
    wall_now += nanoseconds;
}

int64_t clock_monotonic(void)
{
    return monotonic_now;
}

int64_t clock_wall(void)
{
    return wall_now;
}

/* As if the thread did nothing but work. */
int64_t clock_cpu(void)
{
    return monotonic_now;
}
