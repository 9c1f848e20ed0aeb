/* SPDX-License-Identifier: Apache-2.0
 * A walk beside the events: it finds the group of every socket, makes one for those that the events have not seen (all
 * that stood before they were watched), and puts the groups' counts right where they have gone astray. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_RECOUNT_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_RECOUNT_H

#include "collectors/tcp/count.h"
#include "collectors/tcp/linux/events/events.h"

/* What a walk counts for one group. */
struct recount_group {
    int32_t before[EVENT_STATES];
    int32_t walked[EVENT_STATES];
    uint32_t time_wait_before;
    uint32_t time_wait;
    uint32_t turns[EVENT_WHEEL]; /* TIME_WAITs by turn */
};

struct recount {
    struct events *events;
    struct events_clock clock;
    uint32_t netns;
    struct recount_group *groups; /* EVENT_GROUPS of them */
    bool strict;                  /* TIME_WAITs are put right however little they are off */
    uint32_t wanted;              /* sockets whose process was still sought */
};

/* Who a socket belongs to, as a walk tells. process NULL: nobody is known. */
struct recount_owner {
    const char *process;
    enum tcp_method method;
};

/* The kernel's number of a state; 0 for LISTEN, which events do not count. */
unsigned recount_state(enum tcp_state state);

/* Begins, before the walk. 0 or negative errno; recount_free() in any case. */
int recount_begin(struct recount *recount, struct events *events, uint32_t netns);

/* The group of a socket that events have seen or a walk before made; 0: none. */
uint32_t recount_find(struct recount *recount, const struct tcp_socket *socket);

/* Makes the group of a socket that has none, or that had one whose owner was not known, and remembers the socket.
 * 0 when there is no room. */
uint32_t recount_seed(struct recount *recount, const struct tcp_socket *socket, const struct flow_key *flow,
                      const struct recount_owner *owner);

/* Counts one socket of the walk. */
void recount_add(struct recount *recount, uint32_t group, const struct tcp_socket *socket);

/* Ends, after the walk: counts that are not between what the events said before and what they say now are set to what
 * was walked. 0 or negative errno. */
int recount_end(struct recount *recount);

/* Sockets of a group that the walk met. */
uint32_t recount_walked(const struct recount *recount, uint32_t group);

/* Gives the memory back. */
void recount_free(struct recount *recount);

/* Forgets living sockets that have not been seen for minutes: their end was missed. */
void recount_sweep(const struct events_memory *memory);

#endif
