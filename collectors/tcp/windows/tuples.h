/* SPDX-License-Identifier: Apache-2.0
 * What is remembered of single connections from sample to sample, within a fixed bound: a TIME_WAIT has no owner any
 * more and tells no age, but the same addresses and ports were seen before, with their owner. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_WINDOWS_TUPLES_H
#define CHOKEPOINT_COLLECTORS_TCP_WINDOWS_TUPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/tcp/names.h"
#include "collectors/tcp/socket.h"
#include "collectors/tcp/windows/lives.h"

/* Most connections remembered, in 3 MiB. One that is met when all places are taken has no owner in TIME_WAIT, and its
 * age is taken to be any. */
#define TUPLES_MAX   98304u
#define TUPLES_SLOTS 131072u

/* tag: a keyed hash of both ends, in place of them. 0: free. */
struct tuple_entry {
    uint64_t tag;
    struct owner owner;
    uint32_t entered;   /* tenths of seconds when it entered TIME_WAIT, as far as is known; 0: it is not in it */
    uint16_t sample;    /* that saw it last */
    bool from_event;    /* the owner was told by an event */
    bool entered_known; /* it was seen to enter, so that its end tells a life */
};

/* Zero to start with. */
struct tuples {
    struct tuple_entry *slots; /* TUPLES_SLOTS of them, once there is a socket */
    size_t count;
    uint16_t sample;
    bool began;   /* a sample has been taken: what is new now is new */
    uint32_t now;     /* tenths of seconds */
    uint32_t elapsed; /* since the sample before */
};

/* What is known of a socket. */
struct tuple_seen {
    struct owner owner; /* OWNER_UNKNOWN where it was never seen */
    bool from_event;
    bool fresh;      /* seen for the first time */
    uint32_t age_ms; /* of a TIME_WAIT */
};

/* Begins a sample. now: CLOCK_MONOTONIC. 0 or -ENOMEM. */
int tuples_begin(struct tuples *tuples, int64_t now);

/* Notes a socket of the sample, with its owner where it has one, and tells what is known of it. life_ms: of a TIME_WAIT,
 * for the ages of those that were there before us: they are spread evenly over it. */
struct tuple_seen tuples_see(struct tuples *tuples, const struct tcp_socket *socket, struct owner owner,
                             uint32_t life_ms);

/* Notes the owner of a connection that an event told of since the sample before. */
void tuples_note_event(struct tuples *tuples, const struct tcp_socket *socket, struct owner owner);

/* Ends a sample: forgets what is gone, and notes in lives how long TIME_WAITs lived. */
void tuples_end(struct tuples *tuples, struct lives *lives);

/* Makes every owner unknown, as when names begin anew. */
void tuples_forget_owners(struct tuples *tuples);

/* Gives the memory back. */
void tuples_free(struct tuples *tuples);

#endif
