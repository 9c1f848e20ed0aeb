/* SPDX-License-Identifier: Apache-2.0
 * A clock that stands until a test moves it; linked in place of base/clock.c. */
#ifndef CHOKEPOINT_TESTS_FAKES_CLOCK_H
#define CHOKEPOINT_TESTS_FAKES_CLOCK_H

#include <stdint.h>

/* Sets both clocks. The wall clock starts at 2026-01-01 00:00:00 UTC, the monotonic one at 1000 s. */
void fake_clock_set(int64_t monotonic, int64_t wall);

/* Moves both clocks on. */
void fake_clock_advance(int64_t nanoseconds);

#endif
