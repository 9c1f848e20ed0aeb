/* SPDX-License-Identifier: Apache-2.0
 * Connections as Windows tells of them when they come to be (Event Tracing for Windows), so that also those that come and
 * go between two samples have an owner. Off by default: it has not yet been run on Windows. A seam: tests link
 * tests/fakes/connection_events.c, which plays recorded events. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_WINDOWS_CONNECTION_EVENTS_H
#define CHOKEPOINT_COLLECTORS_TCP_WINDOWS_CONNECTION_EVENTS_H

#include "collectors/tcp/windows/connection_record.h"

/* Most connections kept between two samples, in 3 MiB; those beyond are counted as lost. */
#define CONNECTION_EVENTS_MAX 32768u

struct connection_events;

/* Begins a session of our own and a thread that reads it. 0; -EACCES: it needs an administrator or the group Performance
 * Log Users; or negative errno. */
int connection_events_open(struct connection_events **ret_events);

/* Ends both. NULL is fine. */
void connection_events_close(struct connection_events *events);

/* Gets one connection, in the order in which they came to be. */
typedef void (*connection_events_visit)(void *context, const struct connection_record *record);

/* Visits what came since the last call, and adds what was lost to *lost. 0, or negative errno when the session has
 * ended. */
int connection_events_drain(struct connection_events *events, connection_events_visit visit, void *context,
                            uint64_t *lost);

#endif
