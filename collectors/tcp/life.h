/* SPDX-License-Identifier: Apache-2.0
 * How long a TIME_WAIT lives. Linux says nowhere; it is a constant of 60 seconds (TCP_TIMEWAIT_LEN, include/net/tcp.h)
 * that some vendors' kernels change. So it is taken to be that, unless what the walks show contradicts it. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LIFE_H
#define CHOKEPOINT_COLLECTORS_TCP_LIFE_H

#include <stdint.h>

#define LIFE_USUAL_MS 60000u

/* Zero to start with. */
struct life {
    uint32_t measured_ms; /* 0: nothing contradicts LIFE_USUAL_MS */
    uint32_t previous_ms; /* what the walk before told */
    uint32_t shorter_ms;  /* the longest seen while walks contradict */
    unsigned shorter;     /* walks in a row that contradict */
};

/* The life in force, in milliseconds, whole seconds. */
uint32_t life_ms(const struct life *life);

/* Learns from one walk: the most that any TIME_WAIT had left (0: there was none), and how long before it the walk
 * before was. */
void life_note(struct life *life, uint32_t longest_ms, uint32_t elapsed_ms);

#endif
