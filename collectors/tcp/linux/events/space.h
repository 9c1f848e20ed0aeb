/* SPDX-License-Identifier: Apache-2.0
 * What event mode remembers of one network namespace. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_SPACE_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "collectors/tcp/pools.h"
#include "collectors/tcp/socket.h"

/* The ports of one source address: as counted by the last walk, and how many sockets that bind() gave their port there
 * were then, so that what came since can be added. */
struct event_pool {
    struct tcp_address source;
    uint32_t used;
    uint32_t bound;
};

/* Zero to start with. */
struct event_space {
    uint32_t netns;
    unsigned generation;
    bool seeded;       /* the events know all sockets */
    bool strict;       /* the recount shall leave no difference */
    unsigned again;    /* more recounts to come, for owners that were not found yet */
    uint32_t wanted;   /* sockets of the last recount whose process was still sought */
    int64_t recounted; /* CLOCK_MONOTONIC */
    unsigned pool_count;
    struct event_pool pools[POOLS_MAX];
};

#endif
