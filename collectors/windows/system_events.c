/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/windows/system_events.h"

#include <stdio.h>

#include "collectors/source.h"
#include "snapshot/tables/system_events.h"

static int refresh(struct system_events *events)
{
    int error = events->log ? 0 : event_log_open(events->query, &events->log);
    if (error == 0)
        error = event_log_read(events->log, events->counts);
    if (error < 0)
        system_events_close(events);
    return error;
}

void system_events_put(struct system_events *events, const char *collector, struct builder *builder)
{
    const struct event_log_query *query = events->query;
    int error = refresh(events);
    for (size_t i = 0; i < query->count && error == 0; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%u", query->ids[i]);
        builder_row(builder, &table_system_events);
        builder_text(builder, SYSTEM_EVENTS_PROVIDER, query->provider);
        builder_text(builder, SYSTEM_EVENTS_ID, id);
        builder_number(builder, SYSTEM_EVENTS_EVENTS, events->counts[i]);
    }
    source_report(builder, &(struct source){collector, "event_log", query->channel}, builder_mark(builder), error);
}

void system_events_close(struct system_events *events)
{
    event_log_close(events->log);
    events->log = NULL;
}
