/* SPDX-License-Identifier: Apache-2.0
 * One TCP socket as every platform's walk tells it, and its addresses. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_SOCKET_H
#define CHOKEPOINT_COLLECTORS_TCP_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot/tables/tcp_states.h"

/* An IPv6 address in network order; an IPv4 one as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), so both compare alike. */
struct tcp_address {
    uint8_t bytes[16];
};

struct tcp_socket {
    enum tcp_state state;
    struct tcp_address local, remote;
    uint16_t local_port, remote_port;
    bool only_v6;         /* a listener on :: that takes no IPv4 */
    uint32_t inode;       /* of the descriptor; 0: no process holds one */
    uint64_t cgroup;      /* where the socket was made; 0: not told */
    uint32_t queue;       /* LISTEN: connections that wait to be accepted */
    uint32_t queue_limit; /* LISTEN: the accept queue's bound */
    bool is_mini;         /* TIME_WAIT, or a FIN_WAIT2 that is closed already: no process can hold it */
    uint32_t expires_ms;  /* of these: what is left */
    uint64_t cookie;      /* tells it from every other socket of this boot */
};

/* Makes ::ffff:a.b.c.d of four octets in network order. */
struct tcp_address tcp_address_v4(const void *octets);

/* Whether it is an IPv4 address. */
bool tcp_address_is_v4(const struct tcp_address *address);

/* Whether it is 0.0.0.0 or ::. */
bool tcp_address_is_any(const struct tcp_address *address);

/* Whether it is in 127.0.0.0/8 or ::1. */
bool tcp_address_is_loopback(const struct tcp_address *address);

#define TCP_ADDRESS_TEXT  46 /* room for an address with its zero byte */
#define TCP_ENDPOINT_TEXT 54 /* room for [address]:port with its zero byte */

/* "192.0.2.1" or "2001:db8::1" (RFC 5952). */
void tcp_address_format(char text[TCP_ADDRESS_TEXT], const struct tcp_address *address);

/* "192.0.2.1:25" or "[2001:db8::1]:25". */
void tcp_endpoint_format(char text[TCP_ENDPOINT_TEXT], const struct tcp_address *address, uint16_t port);

#endif
