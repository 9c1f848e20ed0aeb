/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_TCP_SOCKETS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_TCP_SOCKETS_H

#include "snapshot/declaration.h"

/* From whose view: `port` is the local one for listen and inbound, the remote one for outbound. */
enum tcp_role { TCP_ROLE_LISTEN, TCP_ROLE_INBOUND, TCP_ROLE_OUTBOUND, TCP_ROLE_COUNT };

extern const char *const tcp_role_words[];

enum {
    TCP_SOCKETS_PROCESS,
    TCP_SOCKETS_UNIT,
    TCP_SOCKETS_ROLE,
    TCP_SOCKETS_PORT,
    TCP_SOCKETS_STATE,
    TCP_SOCKETS_NETNS,
    TCP_SOCKETS_SOCKETS,
    TCP_SOCKETS_ESTIMATED,
};

/* Octets that name columns hold; the index of the MIB tables is computed with them. */
#define TCP_PROCESS_BOUND 32
#define TCP_UNIT_BOUND    40
#define TCP_NETNS_BOUND   24

extern const struct table table_tcp_sockets;

#endif
