/* SPDX-License-Identifier: Apache-2.0
 * The clocks. Tests link a second implementation (tests/fakes/clock.c) that they set by hand. */
#ifndef CHOKEPOINT_BASE_CLOCK_H
#define CHOKEPOINT_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_SECOND      INT64_C(1000000000)
#define CLOCK_MILLISECOND INT64_C(1000000)

/* Nanoseconds that never jump; only differences mean anything. CLOCK_MONOTONIC. */
int64_t clock_monotonic(void);

/* Nanoseconds since 1970-01-01 UTC. CLOCK_REALTIME; jumps when somebody sets the clock. */
int64_t clock_wall(void);

/* Nanoseconds of CPU that the calling thread has taken. CLOCK_THREAD_CPUTIME_ID. */
int64_t clock_cpu(void);

#endif
