/* SPDX-License-Identifier: Apache-2.0
 * Performance counters that the test sets; linked in place of collectors/mail/windows/counters.c. */
#ifndef CHOKEPOINT_TESTS_FAKES_COUNTERS_H
#define CHOKEPOINT_TESTS_FAKES_COUNTERS_H

#include <stdint.h>

/* The host has this counter, with this value; the path stays the caller's. The newest rules. */
void fake_counters_set(const char *path, int64_t value);

/* Reading ends with this error until it is 0. */
void fake_counters_fail(int error);

/* The host has no counters. */
void fake_counters_clear(void);

#endif
