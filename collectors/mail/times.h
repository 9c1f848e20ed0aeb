/* SPDX-License-Identifier: Apache-2.0
 * Moments of many messages in little memory, so that a directory that did not change need not be read again while its
 * messages grow older. Moments are kept in bins that widen with the distance from the moment of the scan: 2 s up to
 * 5 minutes, then 1 % of the next of 1 h, 6 h, 1 d and 3 d. A bin is known by its latest moment, and none lies across
 * one of these limits. So counts at those ages are exact at the scan and for a bin of one message, and later lag by
 * less than 1 % of the age (2 s up to 5 minutes). At most TIMES_BINS bins of 16 bytes, whatever the number of messages.
 */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_TIMES_H
#define CHOKEPOINT_COLLECTORS_MAIL_TIMES_H

#include <stddef.h>
#include <stdint.h>

#define TIMES_BINS 470u
#define TIMES_LAST (INT64_MAX / 2)

enum times_direction { TIMES_PAST, TIMES_FUTURE };

struct times_bin {
    int64_t latest; /* nanoseconds since 1970 */
    uint64_t count;
};

/* Start with TIMES_EMPTY. */
struct times {
    struct times_bin *bins;
    size_t count;
};

#define TIMES_EMPTY ((struct times){NULL, 0})

/* All bins at once, while a directory is read. */
struct times_collector {
    int64_t now;
    enum times_direction direction;
    struct times_bin bins[TIMES_BINS];
};

/* Nanoseconds since 1970 of a time stamp that anybody may have set: before 1970 becomes 0, after 2116 TIMES_LAST, so
 * that differences never overflow. */
int64_t times_moment(int64_t seconds, int64_t nanoseconds);

/* Begins: now in nanoseconds since 1970; direction tells on which side of now precision is wanted (arrivals: past). */
void times_begin(struct times_collector *collector, int64_t now, enum times_direction direction);

/* Adds one moment, as times_moment() makes them. */
void times_add(struct times_collector *collector, int64_t moment);

/* Replaces what *times held by what was collected. 0, or -ENOMEM with *times unchanged. */
int times_finish(const struct times_collector *collector, struct times *times);

/* How many moments lie at or before this one. */
uint64_t times_until(const struct times *times, int64_t moment);

/* Gives the memory back. */
void times_free(struct times *times);

#endif
