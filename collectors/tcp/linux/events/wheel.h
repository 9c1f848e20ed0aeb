/* SPDX-License-Identifier: Apache-2.0
 * TIME_WAITs of one group by the turn of the kernel's timer wheel in which they end. Nothing tells when a TIME_WAIT
 * ends, but when it began is known, and the wheel turns the same for all: so they are counted by turn, and a turn that
 * has passed counts no more. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_WHEEL_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_WHEEL_H

#include "collectors/tcp/linux/events/events.h"

/* The turn that runs now. */
uint32_t wheel_now(const struct events_clock *clock);

/* The turn in which a TIME_WAIT ends that has so much of its life left. */
uint32_t wheel_end(const struct events_clock *clock, uint32_t left_ms);

/* TIME_WAITs that stand. */
uint32_t wheel_count(const __u64 *wheel, const struct events_clock *clock);

/* TIME_WAITs that end about now: the kernel takes a while to end thousands of them, and whoever counts reads the clock
 * at another moment. */
struct wheel_edge {
    uint32_t late; /* over by the clock, and perhaps still there */
    uint32_t soon; /* the other way round */
};

/* Those of a turn that began, or will begin, within so many milliseconds. */
struct wheel_edge wheel_edge(const __u64 *wheel, const struct events_clock *clock, uint32_t within_ms);

/* The same by age: each part is an equal share of a life, youngest first. Within a turn they are taken to have begun at
 * an even rate. The parts sum up to wheel_count(). */
void wheel_ages(const __u64 *wheel, const struct events_clock *clock, uint32_t *ret_parts, unsigned parts);

/* Those of them that are younger than so many milliseconds, likewise. */
uint32_t wheel_younger(const __u64 *wheel, const struct events_clock *clock, uint32_t age_ms);

/* Sets the count of a turn, whatever it was. */
void wheel_set(__u64 *wheel, uint32_t turn, uint32_t count);

#endif
