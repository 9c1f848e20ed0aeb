/* SPDX-License-Identifier: Apache-2.0
 * The sockets of one namespace as counts. No list of sockets is kept: each adds one to its flow, that is all sockets
 * with the same owner, state and service port, and for those that take an ephemeral port or are live on a mail port the
 * same source and destination. What grows with the host is the number of flows, and that is bounded. Everything that is
 * shown (by state, by owner, by destination) is summed up from the flows afterwards (sums.h) and put as rows by
 * count_put().
 *
 * This is where the modes meet: whoever knows the sockets of a namespace, one by one (count_flow() and count_add()) or
 * as numbers (count_add_flow()), fills a count; nothing after it asks which mode it was. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_COUNT_H
#define CHOKEPOINT_COLLECTORS_TCP_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/tcp/history.h"
#include "collectors/tcp/listeners.h"
#include "collectors/tcp/names.h"
#include "collectors/tcp/pools.h"
#include "collectors/tcp/ports.h"
#include "collectors/tcp/socket.h"
#include "collectors/tcp/tally.h"
#include "snapshot/builder.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"

/* Most flows told apart. Beyond it a new one loses its destination; a destination that takes many ports shows up among
 * the first thousands of a walk in random order, so it is the small ones that are lost. */
#define COUNT_MAX_FLOWS 16384u
/* Most flows without destination on top of these. Beyond it a socket counts for its state only. */
#define COUNT_MAX_OWNERS 8192u

/* So many flows are found again without a whole hash. */
#define COUNT_RECENT 256u

/* Compared as bytes: no padding. */
struct flow_key {
    struct tcp_address source, destination; /* zero unless ephemeral or a mail peer, or where it was lost */
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
    bool marked; /* TIME_WAIT: its port may be taken over now; other states: seen for the first time */
    uint8_t age; /* TIME_WAIT: which part of its life, below TALLY_AGES */
};

/* What the sockets of a namespace are judged by; the pointers outlive the count. */
struct count_rules {
    const struct listeners *listeners;
    const struct port_range *range;
    enum tcp_reuse reuse;
    uint32_t time_wait_ms;             /* how long a TIME_WAIT lives here */
    const struct port_range *range_v6; /* where IPv6 has one of its own; NULL: range is for both */
    bool range_unknown;                /* range is a guess that tells directions: no share of it is shown */
    bool range_v6_unknown;
    bool one_pool;      /* a port serves one connection, whatever the addresses: one pool for each family */
    bool no_cliff;      /* connect() finds a free port at once, however few there are */
    bool untold_queues; /* accept queues are not known here */
};

/* Zero to start with. */
struct count {
    struct count_rules rules;
    struct tally flows; /* part: as struct flow's marked */
    struct pools pools;
    struct tally_value drawn[2]; /* one_pool: sockets that take a port of the IPv4 and of the IPv6 pool */
    uint64_t lost[TCP_STATE_COUNT][TCP_METHOD_COUNT]; /* sockets beyond both bounds */
    uint64_t age_factor;                              /* TALLY_AGES over a TIME_WAIT's life, times 2^32 */
    uint32_t recent[COUNT_RECENT];                    /* positions of flows met lately, by a cheap hash */
    struct tally taken;                               /* struct destination_key: connections that took a port */
    bool tells_taken;                                 /* whether that is known; else the history estimates it */
    struct tally accepted; /* struct destination_key, source the local end: connections of mail ports ever accepted */
    uint32_t longest_ms;   /* the most that any TIME_WAIT had left */
};

/* Begins anew; the memory is used again. */
void count_begin(struct count *count, const struct count_rules *rules);

/* The socket's direction, by the definition in docs/metrics.md: first match of listen, SYN_RECV, a listener covers its
 * local end, local port in the dynamic range, remote port in it, else outbound. */
enum tcp_role count_direction(const struct count *count, const struct tcp_socket *socket);

/* The flow of a socket; notes the port in the pool of its source. */
void count_flow(struct count *count, const struct tcp_socket *socket, struct flow *ret_flow);

/* Whether the peers of such flows are told apart: live connections of the ports 25, 465 and 587. */
bool count_is_mail(const struct flow_key *key);

/* Counts one socket of this flow and owner; fills in the flow's key. */
void count_add(struct count *count, struct flow *flow, struct owner owner, enum tcp_method method);

/* How old a TIME_WAIT must be to be reused (net.ipv4.tcp_tw_reuse_delay, a second since 2011). */
#define COUNT_REUSE_AGE_MS 1000u

/* Counts many sockets at once. value.part and ages as struct flow tells; key.zero is 0. */
void count_add_flow(struct count *count, const struct flow_key *key, const struct tally_value *value);

/* Says how many connections ever took a port of the source towards the destination, as far as somebody counts. */
void count_add_taken(struct count *count, const struct destination_key *key, uint32_t connections);

/* Says how many connections of a peer (the key's destination) a mail port (its source and port) ever accepted. */
void count_add_accepted(struct count *count, const struct destination_key *key, uint32_t connections);

/* Takes so many sockets in this state away again, from the flows that have most of them. */
void count_take_away(struct count *count, enum tcp_state state, uint64_t sockets);

/* How the rows of a namespace are put. One that does not matter shares the name "other" with its like, in all tables
 * but those about ports. history is read and brought up to date. */
struct count_output {
    const struct names *names;
    const char *netns;
    bool matters;
    struct history *history;
};

/* Puts the rows of tcp_states, tcp_sockets, listeners, tcp_endpoints, tcp_holders, tcp_pools, tcp_ranges and
 * tcp_mail_peers. 0 or -ENOMEM. */
int count_put(const struct count *count, const struct count_output *output, struct builder *builder);

/* The part of count_put() that fills tcp_mail_peers. 0 or -ENOMEM. */
int count_put_mail_peers(const struct count *count, const struct count_output *output, struct builder *builder);

/* How many sockets were counted. */
uint64_t count_sockets(const struct count *count);

/* Gives the memory back. */
void count_free(struct count *count);

#endif
