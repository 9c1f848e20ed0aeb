/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/sources_log.h"

#include <string.h>

#include "base/log.h"
#include "snapshot/tables/collectors.h"

/* Where a table keeps what this file reads; source is the same column as collector in the collectors' own table. */
struct layout {
    const struct table *table;
    unsigned collector, source, success, error;
};

static const struct layout layouts[] = {
    {&table_collectors, COLLECTORS_COLLECTOR, COLLECTORS_COLLECTOR, COLLECTORS_SUCCESS, COLLECTORS_ERROR},
    {&table_sources, SOURCES_COLLECTOR, SOURCES_SOURCE, SOURCES_SUCCESS, SOURCES_ERROR},
};

/* Whether the same row succeeded before; a row that was not there counts as a success. */
static bool succeeded(const struct layout *layout, const struct snapshot *before, const char *collector,
                      const char *source)
{
    size_t rows = before ? snapshot_row_count(before, layout->table) : 0;
    for (size_t i = 0; i < rows; i++)
        if (strcmp(snapshot_text(before, layout->table, i, layout->collector), collector) == 0 &&
            strcmp(snapshot_text(before, layout->table, i, layout->source), source) == 0)
            return snapshot_number(before, layout->table, i, layout->success) == 1;
    return true;
}

static void log_layout(const struct layout *layout, const struct snapshot *before, const struct snapshot *now)
{
    for (size_t i = 0; i < snapshot_row_count(now, layout->table); i++) {
        const char *collector = snapshot_text(now, layout->table, i, layout->collector);
        const char *source = snapshot_text(now, layout->table, i, layout->source);
        bool success = snapshot_number(now, layout->table, i, layout->success) == 1;
        if (snapshot_is_other(now, layout->table, i) || success == succeeded(layout, before, collector, source))
            continue;
        if (success)
            log_info("source works again", "collector", collector, "source", source);
        else
            log_warn("source failed; its rows are missing until it works again", "collector", collector, "source",
                     source, "error", snapshot_text(now, layout->table, i, layout->error));
    }
}

void sources_log_changes(const struct snapshot *before, const struct snapshot *now)
{
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
        log_layout(&layouts[i], before, now);
}
