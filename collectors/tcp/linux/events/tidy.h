/* SPDX-License-Identifier: Apache-2.0
 * Gives groups back that nothing belongs to any more, so that a host which talks to ever new destinations does not run
 * out of them. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_TIDY_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_TIDY_H

#include "collectors/tcp/linux/events/events.h"
#include "collectors/tcp/linux/events/owners.h"

/* How long an empty group keeps its counters, and how long when three quarters of all groups are taken. */
#define TIDY_IDLE_SECONDS    600u
#define TIDY_PRESSED_SECONDS 5u

struct tidy_group {
    uint32_t total;      /* its connections when it was last looked at */
    uint32_t idle_since; /* seconds of the monotonic clock; 0: it is not idle */
    uint32_t binds;      /* failed bind() calls judged so far, and those that found no port */
    uint32_t binds_without_port;
    bool forgotten; /* no event finds it any more; given back at the next look */
};

/* Zero to start with. */
struct tidy {
    struct tidy_group *groups; /* EVENT_GROUPS of them */
    uint32_t used;             /* at the last look */
};

/* Makes room. 0 or -ENOMEM. */
int tidy_init(struct tidy *tidy);

/* Looks at all groups, once a sample. now: CLOCK_MONOTONIC. */
void tidy_groups(struct tidy *tidy, struct events *events, struct event_owners *owners,
                 const struct events_clock *clock, int64_t now);

/* Gives the memory back. */
void tidy_free(struct tidy *tidy);

#endif
