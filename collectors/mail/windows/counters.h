/* SPDX-License-Identifier: Apache-2.0
 * Performance counters by their English names (PDH). A seam: tests link tests/fakes/counters.c. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_WINDOWS_COUNTERS_H
#define CHOKEPOINT_COLLECTORS_MAIL_WINDOWS_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

struct counters;

/* Begins to read those of the paths ("\OBJECT(INSTANCE)\NAME") that this host has. 0; -ENODATA where it has none of
 * them; or negative errno. */
int counters_open(const char *const *paths, size_t count, struct counters **ret_counters);

/* NULL is fine. */
void counters_close(struct counters *counters);

/* Gets the value of the counter at this position of the paths, once for each instance where the path has a wildcard. */
typedef void (*counters_visit)(void *context, size_t position, int64_t value);

/* Reads them once. A counter without a value at the moment is left out. 0 or negative errno. */
int counters_read(struct counters *counters, counters_visit visit, void *context);

#endif
