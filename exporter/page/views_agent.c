/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/views.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/utf8.h"
#include "exporter/page/human.h"
#include "snapshot/tables/agent.h"
#include "snapshot/tables/collectors.h"

static bool collector_failed(const struct snapshot *snapshot, size_t row)
{
    return snapshot_number(snapshot, &table_collectors, row, COLLECTORS_SUCCESS) == 0;
}

static const struct view_field collector_fields[] = {
    {.heading = "Collector", .column = COLLECTORS_COLLECTOR},
    {.heading = "Last success", .column = COLLECTORS_LAST_SUCCESS},
    {.heading = "Error", .column = COLLECTORS_ERROR, .wide = true},
    {.heading = NULL},
};

const struct view view_failed_collectors = {
    .title = "Collectors that fail",
    .table = &table_collectors,
    .fields = collector_fields,
    .wanted = collector_failed,
};

static bool source_failed(const struct snapshot *snapshot, size_t row)
{
    return snapshot_number(snapshot, &table_sources, row, SOURCES_SUCCESS) == 0;
}

static const struct view_field source_fields[] = {
    {.heading = "Collector", .column = SOURCES_COLLECTOR},
    {.heading = "Source", .column = SOURCES_SOURCE},
    {.heading = "Error", .column = SOURCES_ERROR, .wide = true},
    {.heading = NULL},
};

const struct view view_failed_sources = {
    .title = "Sources that cannot be read",
    .table = &table_sources,
    .fields = source_fields,
    .wanted = source_failed,
};

static size_t count_rows(const struct snapshot *snapshot, const struct view *view)
{
    size_t rows = snapshot_row_count(snapshot, view->table), count = 0;
    for (size_t i = 0; i < rows; i++)
        count += view->wanted(snapshot, i);
    return count;
}

bool view_is_healthy(const struct snapshot *snapshot)
{
    return snapshot_row_count(snapshot, &table_collectors) > 0 && count_rows(snapshot, &view_failed_collectors) == 0 &&
           count_rows(snapshot, &view_failed_sources) == 0;
}

static void write_count(struct text *text, size_t count, const char *one, const char *many)
{
    human_count(text, count);
    text_string(text, count == 1 ? one : many);
}

/* "1 of 3 collectors failed. "; nothing where none did. */
static void write_failed(struct text *text, size_t failed, size_t all, const char *what)
{
    if (failed == 0)
        return;
    human_count(text, failed);
    text_string(text, " of ");
    human_count(text, all);
    text_string(text, what);
}

void view_write_health(const struct snapshot *snapshot, struct text *text)
{
    size_t collectors = snapshot_row_count(snapshot, &table_collectors);
    size_t sources = snapshot_row_count(snapshot, &table_sources);
    if (collectors == 0) {
        text_string(text, "No collector has run.");
        return;
    }
    if (view_is_healthy(snapshot)) {
        write_count(text, collectors, " collector works, ", " collectors work, ");
        write_count(text, sources, " source can be read.", " sources can be read.");
        return;
    }
    write_failed(text, count_rows(snapshot, &view_failed_collectors), collectors, " collectors failed. ");
    write_failed(text, count_rows(snapshot, &view_failed_sources), sources, " sources cannot be read. ");
    text_string(text, "What they watch is missing here.");
}

void view_write_host(const struct snapshot *snapshot, struct text *text)
{
    struct utsname names;
    char name[256];
    (void)snapshot;
    if (uname(&names) < 0)
        return;
    (void)utf8_bound(name, sizeof(name), sizeof(name) - 1, names.nodename, strlen(names.nodename));
    human_visible(text, name);
}

void view_write_version(const struct snapshot *snapshot, struct text *text)
{
    text_string(text, "chokepoint");
    if (snapshot_row_count(snapshot, &table_build) == 0)
        return;
    text_string(text, " ");
    human_cell(text, snapshot, &table_build, 0, BUILD_VERSION);
    text_string(text, " (");
    human_cell(text, snapshot, &table_build, 0, BUILD_REVISION);
    text_string(text, ")");
}

void view_write_sample(const struct snapshot *snapshot, struct text *text)
{
    text_string(text, "Sample ");
    human_count(text, snapshot_sequence(snapshot));
    text_string(text, " of ");
    human_timestamp(text, (double)snapshot_wall_time(snapshot) / 1e9);
    text_string(text, ", taken every ");
    human_duration(text, (double)snapshot_interval(snapshot) / 1e9);
    text_string(text, ".");
}
