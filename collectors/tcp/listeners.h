/* SPDX-License-Identifier: Apache-2.0
 * Who listens where, now and in the last 120 seconds: what tells an accepted connection from an opened one, and who
 * owns the TIME_WAIT of the side that accepted. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LISTENERS_H
#define CHOKEPOINT_COLLECTORS_TCP_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/tcp/names.h"
#include "collectors/tcp/ports.h"
#include "collectors/tcp/socket.h"

/* How long a listener that vanished still explains its connections. */
#define LISTENERS_MEMORY (INT64_C(120) * 1000000000)

/* All sockets that listen on one address and port (SO_REUSEPORT) as one. */
struct listener {
    struct tcp_address address;
    uint16_t port;
    bool only_v6;
    bool present;       /* seen in the newest walk */
    struct owner owner; /* what all of its sockets share; else NAME_UNKNOWN, NAME_NONE */
    uint32_t sockets;
    uint32_t queue; /* of the fullest */
    uint32_t queue_limit;
    int64_t seen; /* CLOCK_MONOTONIC */
};

/* Zero to start with. items are sorted by port, then address, from one listeners_end() to the next listeners_begin().
 */
struct listeners {
    struct listener *items;
    size_t count;
    size_t capacity;
    bool unsorted;
    struct map places; /* address and port to the position in items */
    struct port_set ports;
};

/* Begins a new walk: nothing is present until it is added. */
void listeners_begin(struct listeners *listeners);

/* Adds one listening socket with its owner. 0 or -ENOMEM. */
int listeners_add(struct listeners *listeners, const struct tcp_socket *socket, struct owner owner, int64_t now);

/* Ends the walk: forgets what has been gone for LISTENERS_MEMORY, and sorts. 0 or -ENOMEM. */
int listeners_end(struct listeners *listeners, int64_t now);

/* The listener that a connection to this local address and port would reach: the one on the very address before one on
 * any address, one that is there before one that is remembered. NULL if there is none. Only between
 * listeners_end() and listeners_begin(). */
const struct listener *listeners_find(const struct listeners *listeners, const struct tcp_address *address,
                                      uint16_t port);

/* How many ports that the kernel could choose by itself are held by listeners. */
uint32_t listeners_held(const struct listeners *listeners, const struct port_range *range);

/* Gives the memory back. */
void listeners_free(struct listeners *listeners);

#endif
