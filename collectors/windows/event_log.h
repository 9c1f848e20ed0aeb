/* SPDX-License-Identifier: Apache-2.0
 * New events of one provider in the event log (wevtapi, Vista and later). A seam: tests link tests/fakes/event_log.c. */
#ifndef CHOKEPOINT_COLLECTORS_WINDOWS_EVENT_LOG_H
#define CHOKEPOINT_COLLECTORS_WINDOWS_EVENT_LOG_H

#include <stddef.h>
#include <stdint.h>

/* Most events told apart. */
#define EVENT_LOG_IDS 8u

/* Constant data. */
struct event_log_query {
    const char *channel;  /* "System" */
    const char *provider; /* "Tcpip" */
    unsigned ids[EVENT_LOG_IDS];
    size_t count;
};

struct event_log;

/* Begins to follow what is logged from now on; query outlives it. 0, or negative errno where the log cannot be read:
 * also where the system says that it can and has none. */
int event_log_open(const struct event_log_query *query, struct event_log **ret_log);

/* NULL is fine. */
void event_log_close(struct event_log *log);

/* Adds the events since the last call to counts[], by their position in the query's ids. 0 or negative errno. */
int event_log_read(struct event_log *log, uint64_t counts[EVENT_LOG_IDS]);

#endif
