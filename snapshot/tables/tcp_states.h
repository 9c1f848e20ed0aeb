/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_TCP_STATES_H
#define CHOKEPOINT_SNAPSHOT_TABLES_TCP_STATES_H

#include "snapshot/declaration.h"

/* The TCP states: spelled as node_exporter does, numbered in the MIB as in TCP-MIB (RFC 4022, tcpConnectionState). */
enum tcp_state {
    TCP_STATE_ESTABLISHED,
    TCP_STATE_SYN_SENT,
    TCP_STATE_SYN_RECV,
    TCP_STATE_FIN_WAIT1,
    TCP_STATE_FIN_WAIT2,
    TCP_STATE_TIME_WAIT,
    TCP_STATE_CLOSE,
    TCP_STATE_CLOSE_WAIT,
    TCP_STATE_LAST_ACK,
    TCP_STATE_LISTEN,
    TCP_STATE_CLOSING,
    TCP_STATE_COUNT
};

extern const char *const tcp_state_words[];
extern const unsigned tcp_state_numbers[];

/* How the owner of a socket was found. The order is that of the columns below. */
enum tcp_method {
    TCP_METHOD_LIVE,
    TCP_METHOD_EVENT,
    TCP_METHOD_LISTENER,
    TCP_METHOD_ESTIMATED,
    TCP_METHOD_UNKNOWN,
    TCP_METHOD_COUNT
};

enum {
    TCP_STATES_NETNS,
    TCP_STATES_STATE,
    TCP_STATES_SOCKETS,
    TCP_STATES_LIVE, /* + enum tcp_method */
    TCP_STATES_EVENT,
    TCP_STATES_LISTENER,
    TCP_STATES_ESTIMATED,
    TCP_STATES_UNKNOWN,
};

extern const struct table table_tcp_states;

#endif
