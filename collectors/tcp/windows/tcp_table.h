/* SPDX-License-Identifier: Apache-2.0
 * The list of TCP sockets as Windows gives it (GetExtendedTcpTable), and the stack's counters. A seam: tests link
 * tests/fakes/tcp_table.c, whose sockets are those of the test. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_WINDOWS_TCP_TABLE_H
#define CHOKEPOINT_COLLECTORS_TCP_WINDOWS_TCP_TABLE_H

#include <stdint.h>

#include "collectors/tcp/socket.h"

/* One moment's sockets of both families. */
struct tcp_table;

/* Takes the list. Sockets that are bound and neither listen nor are connected are not in it. 0 or negative errno. */
int tcp_table_take(struct tcp_table **ret_table);

/* NULL is fine. */
void tcp_table_free(struct tcp_table *table);

/* Gets one socket, alive only for the call, and the process that owns it; 0: nobody does, as in TIME_WAIT. */
typedef void (*tcp_table_visit)(void *context, const struct tcp_socket *socket, uint32_t pid);

/* Visits those that listen, or all others. */
void tcp_table_each(const struct tcp_table *table, bool listening, tcp_table_visit visit, void *context);

/* What the stack counted since it began, IPv4 and IPv6 together. */
struct tcp_table_counters {
    uint64_t active_opens, passive_opens, attempt_fails, retransmitted_segments;
};

/* 0 or negative errno. */
int tcp_table_count(struct tcp_table_counters *ret_counters);

#endif
