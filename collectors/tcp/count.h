/* SPDX-License-Identifier: Apache-2.0
 * Counts the sockets of one walk as they stream by. No list of sockets is kept: each adds one to its flow, that is all
 * sockets with the same owner, state and service port, and for those that take an ephemeral port the same source and
 * destination. What grows with the host is the number of flows, and that is bounded. Everything that is shown (by
 * state, by owner, by destination) is summed up from the flows afterwards. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_COUNT_H
#define CHOKEPOINT_COLLECTORS_TCP_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/tcp/listeners.h"
#include "collectors/tcp/names.h"
#include "collectors/tcp/ports.h"
#include "collectors/tcp/socket.h"
#include "collectors/tcp/tally.h"
#include "snapshot/builder.h"
#include "snapshot/tables/tcp_sockets.h"

/* Most flows told apart. Beyond it a new one loses its destination; a destination that takes many ports shows up among
 * the first thousands of a walk in random order, so it is the small ones that are lost. */
#define COUNT_MAX_FLOWS 16384u
/* Most flows without destination on top of these. Beyond it a socket counts for its state only. */
#define COUNT_MAX_OWNERS 8192u

/* When a TIME_WAIT's port may be taken by a new connection. */
enum count_reuse { COUNT_REUSE_NEVER, COUNT_REUSE_ALWAYS, COUNT_REUSE_LOOPBACK };

/* Compared as bytes: no padding. */
struct flow_key {
    struct tcp_address source, destination; /* zero unless ephemeral, or where the destination was lost */
    struct owner owner;
    uint16_t port;     /* local for listen and inbound, remote for outbound */
    uint8_t role;      /* enum tcp_role */
    uint8_t state;     /* enum tcp_state */
    uint8_t method;    /* enum tcp_method */
    uint8_t ephemeral; /* 1: takes a port of the dynamic range */
    uint16_t zero;
};

/* A socket's flow, its owner still to be filled in by count_add(). */
struct flow {
    struct flow_key key;
    bool reusable;
};

/* Zero to start with. */
struct count {
    const struct listeners *listeners;
    const struct port_range *range;
    enum count_reuse reuse;
    struct tally flows;                               /* part: reusable */
    uint64_t lost[TCP_STATE_COUNT][TCP_METHOD_COUNT]; /* sockets beyond both bounds */
};

/* Begins a walk; listeners and range outlive it. The memory of the walk before is used again. */
void count_begin(struct count *count, const struct listeners *listeners, const struct port_range *range,
                 enum count_reuse reuse);

/* The socket's direction, by the definition in docs/metrics.md: first match of listen, SYN_RECV, a listener covers its
 * local end, local port in the dynamic range, remote port in it, else outbound. */
enum tcp_role count_direction(const struct count *count, const struct tcp_socket *socket);

/* The flow of a socket. */
struct flow count_flow(const struct count *count, const struct tcp_socket *socket);

/* Counts one socket of this flow and owner; fills in the flow's key. */
void count_add(struct count *count, struct flow *flow, struct owner owner, enum tcp_method method);

/* Puts the rows of tcp_states, tcp_sockets, listeners, tcp_endpoints, tcp_holders and tcp_ranges. 0 or -ENOMEM. */
int count_put(const struct count *count, const struct names *names, const char *netns, struct builder *builder);

/* Gives the memory back. */
void count_free(struct count *count);

#endif
