/* SPDX-License-Identifier: Apache-2.0
 * What connection events tell beside the sockets: who opened how many connections towards where, why some failed, and
 * whether events are counted at all. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_TCP_EVENTS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_TCP_EVENTS_H

#include "snapshot/declaration.h"

enum {
    TCP_CONNECTS_PROCESS,
    TCP_CONNECTS_UNIT,
    TCP_CONNECTS_DESTINATION, /* "*": bind() to port 0, before there is one */
    TCP_CONNECTS_NETNS,
    TCP_CONNECTS_BEGUN,
    TCP_CONNECTS_FAILURES, /* no_port; + 1 refused, timeout, aborted, other */
    TCP_CONNECTS_COLUMNS = TCP_CONNECTS_FAILURES + 5
};

enum {
    TCP_EVENTS_ACTIVE,
    TCP_EVENTS_LOST,
    TCP_EVENTS_MISSING,
};

extern const struct table table_tcp_connects;
extern const struct table table_tcp_events;

#endif
