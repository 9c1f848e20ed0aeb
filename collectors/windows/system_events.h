/* SPDX-License-Identifier: Apache-2.0
 * Counts of events in the event log since the agent began, and their rows. */
#ifndef CHOKEPOINT_COLLECTORS_WINDOWS_SYSTEM_EVENTS_H
#define CHOKEPOINT_COLLECTORS_WINDOWS_SYSTEM_EVENTS_H

#include "collectors/windows/event_log.h"
#include "snapshot/builder.h"

/* Start with the query and zeroes. */
struct system_events {
    const struct event_log_query *query;
    struct event_log *log;
    uint64_t counts[EVENT_LOG_IDS];
};

/* Reads what is new and puts a row for each event of the query, also for those that never happened; reports the source
 * "event_log" of this collector. A log that cannot be opened is tried again at the next sample. */
void system_events_put(struct system_events *events, const char *collector, struct builder *builder);

/* Gives the log back. */
void system_events_close(struct system_events *events);

#endif
