/* SPDX-License-Identifier: Apache-2.0
 * A kernel whose events a test makes by hand; linked in place of collectors/tcp/linux/events/events.c. Until a test
 * says otherwise, the right to watch events is missing. */
#ifndef CHOKEPOINT_TESTS_FAKES_EVENTS_H
#define CHOKEPOINT_TESTS_FAKES_EVENTS_H

#include "collectors/tcp/linux/events/events.h"

/* From now on events_open() succeeds (0) or fails with this error, for want of CAP_BPF. */
void fake_events_allow(int error);

/* The events that are open, or NULL. */
struct events *fake_events(void);

/* The kernel's tick goes on by so many milliseconds; it goes 250 times a second. */
void fake_events_advance(uint32_t milliseconds);

/* What events_cost() tells. */
void fake_events_cost(uint64_t lost, uint64_t cpu_ns);

/* A socket of this cookie begins to live in a group in this state of the kernel's; the group is made. Returns it. */
struct event_group *fake_events_live(const struct event_key *key, uint64_t cookie, unsigned state);

/* A TIME_WAIT of the group begins now, on these addresses. */
void fake_events_time_wait(struct event_group *group, const struct event_tuple *tuple);

/* Only so many groups can be made; 0: as many as there are numbers. */
void fake_events_limit(uint32_t groups);

/* The command line that a key stands for. */
void fake_events_command(const char *command);

#endif
