/* SPDX-License-Identifier: Apache-2.0
 * How much time the slow work (a stat of every message) may take: PACE_BUDGET in any PACE_PERIOD over all queues,
 * spread over samples. Time that passes, not CPU: a cold disk makes the sample wait, and a busy host has other work.
 * What finds no time is tried again later, and its cells stay absent until then. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_PACE_H
#define CHOKEPOINT_COLLECTORS_MAIL_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define PACE_PERIOD (60 * CLOCK_SECOND)
#define PACE_BUDGET (250 * CLOCK_MILLISECOND)
#define PACE_SLICE  (50 * CLOCK_MILLISECOND)

/* Times are CLOCK_MONOTONIC, in nanoseconds. */
struct pace {
    int64_t allowance; /* what may be spent now; grows with time up to PACE_BUDGET */
    int64_t refilled;  /* when it last grew */
    int64_t slice_end; /* no new directory is begun after this in this sample */
    int64_t hard_end;  /* a directory that is not finished by then is given up */
};

/* The whole budget to start with. */
void pace_init(struct pace *pace);

/* Begins the slow work of one sample, which ends at deadline in any case. */
void pace_begin(struct pace *pace, int64_t deadline);

/* Whether another directory may be begun. */
bool pace_allows(const struct pace *pace);

/* Ends it: takes what was used off the allowance. */
void pace_end(struct pace *pace);

#endif
