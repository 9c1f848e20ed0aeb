/* SPDX-License-Identifier: Apache-2.0
 * Which local ports of each source address are taken, whatever the destination. bind() before connect() needs one that
 * is free towards all of them. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_POOLS_H
#define CHOKEPOINT_COLLECTORS_TCP_POOLS_H

#include "collectors/tcp/ports.h"
#include "collectors/tcp/socket.h"

/* Most source addresses told apart, of 8 KiB each; those met later in a walk have no pool. */
#define POOLS_MAX 16u

struct pool {
    struct tcp_address source;
    uint32_t used;
    struct port_set ports;
};

/* Zero to start with. */
struct pools {
    struct pool *items[POOLS_MAX];
    unsigned count;
    unsigned last; /* most sockets in a row have the same source */
    int error;     /* sticky until pools_clear(): 0 or -ENOMEM */
};

/* Notes that a socket of this source takes this port. */
void pools_add(struct pools *pools, const struct tcp_address *source, uint16_t port);

/* Says how many ports of this source are taken, which of them is not known. */
void pools_set(struct pools *pools, const struct tcp_address *source, uint32_t used);

/* Forgets all, keeping the memory for reuse. */
void pools_clear(struct pools *pools);

/* Gives the memory back. */
void pools_free(struct pools *pools);

#endif
