/* SPDX-License-Identifier: Apache-2.0
 * Counts the sockets of one walk as they stream by: by state, by owner and service port, by destination. No list of
 * sockets is kept; what grows with the host is the number of groups, and that is bounded. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_COUNT_H
#define CHOKEPOINT_COLLECTORS_TCP_COUNT_H

#include <stddef.h>
#include <stdint.h>

#include "collectors/tcp/listeners.h"
#include "collectors/tcp/names.h"
#include "collectors/tcp/ports.h"
#include "collectors/tcp/socket.h"
#include "collectors/tcp/tally.h"
#include "snapshot/builder.h"
#include "snapshot/tables/tcp_sockets.h"

/* Most destinations told apart in one walk. Beyond it a new one counts as "other"; one that takes many ports shows up
 * among the first thousands of a walk in random order, so it is the small ones that are lost. */
#define COUNT_MAX_DESTINATIONS 16384u
/* Most groups of sockets, likewise. */
#define COUNT_MAX_GROUPS 16384u

/* When a TIME_WAIT's port may be taken by a new connection. */
enum count_reuse { COUNT_REUSE_NEVER, COUNT_REUSE_ALWAYS, COUNT_REUSE_LOOPBACK };

/* Zero to start with. */
struct count {
    const struct listeners *listeners;
    const struct port_range *range;
    enum count_reuse reuse;
    uint64_t states[TCP_STATE_COUNT];
    uint64_t attributed[TCP_STATE_COUNT][TCP_METHOD_COUNT];
    struct tally groups;                     /* by struct group_key; part: owner by estimate */
    struct tally destinations;               /* by struct destination_key; part: reusable */
    struct tally holders;                    /* by struct holder_key */
    uint64_t folded_groups[TCP_STATE_COUNT]; /* sockets beyond COUNT_MAX_GROUPS */
    struct tally_value folded_ports;         /* ports beyond COUNT_MAX_DESTINATIONS */
};

struct group_key {
    struct owner owner;
    uint16_t port;
    uint8_t role;
    uint8_t state;
};

struct destination_key {
    struct tcp_address source, destination;
    uint16_t port;
};

struct holder_key {
    uint32_t destination; /* position in destinations */
    struct owner owner;
};

/* What a socket is, once its direction is known. destination is its position, or COUNT_NO_DESTINATION. */
struct count_place {
    enum tcp_role role;
    uint16_t port;
    uint32_t destination;
};

#define COUNT_NO_DESTINATION UINT32_MAX

/* Begins a walk; listeners and range outlive it. The memory of the walk before is used again. */
void count_begin(struct count *count, const struct listeners *listeners, const struct port_range *range,
                 enum count_reuse reuse);

/* The socket's direction, by the definition in docs/metrics.md: first match of listen, SYN_RECV, a listener covers its
 * local end, local port in the dynamic range, remote port in it, else outbound. */
enum tcp_role count_direction(const struct count *count, const struct tcp_socket *socket);

/* Counts the socket's state and the port it takes, and tells where it belongs; its owner follows by count_owner(). */
struct count_place count_socket(struct count *count, const struct tcp_socket *socket);

/* Counts the owner of a socket that count_socket() placed. */
void count_owner(struct count *count, enum tcp_state state, const struct count_place *place, struct owner owner,
                 enum tcp_method method);

/* Puts the rows of tcp_states, tcp_sockets, listeners, tcp_endpoints, tcp_holders and tcp_ranges. 0 or -ENOMEM. */
int count_put(const struct count *count, const struct names *names, const char *netns, struct builder *builder);

/* Gives the memory back. */
void count_free(struct count *count);

#endif
