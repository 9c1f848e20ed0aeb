/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/collectors.h"

static const struct column collector_columns[] = {
    [COLLECTORS_COLLECTOR] = {.name = "collector",
                              .kind = COLUMN_KEY,
                              .type = COLUMN_TEXT,
                              .bound = 16,
                              .mib = 1,
                              .help = "Name of the collector."},
    [COLLECTORS_SUCCESS] = {.name = "success",
                            .kind = COLUMN_VALUE,
                            .type = COLUMN_BOOLEAN,
                            .metric = "collector_success",
                            .mib = 2,
                            .help = "1 if the collector's last sample succeeded, 0 if it failed and has no rows."},
    [COLLECTORS_DURATION] = {.name = "duration",
                             .kind = COLUMN_VALUE,
                             .type = COLUMN_REAL,
                             .unit = UNIT_SECONDS,
                             .metric = "collector_duration_seconds",
                             .mib = 3,
                             .help = "Time that the collector's last sample took."},
    [COLLECTORS_LAST_SUCCESS] = {.name = "last_success",
                                 .kind = COLUMN_VALUE,
                                 .type = COLUMN_REAL,
                                 .unit = UNIT_TIMESTAMP_SECONDS,
                                 .metric = "collector_last_success_timestamp_seconds",
                                 .mib = 4,
                                 .help = "When the collector last succeeded."},
    [COLLECTORS_ERROR] =
        {.name = "error", .kind = COLUMN_NOTE, .type = COLUMN_TEXT, .mib = 5, .help = "Why it failed."},
};

const struct table table_collectors = {
    .name = "collectors",
    .help = "Whether each collector works",
    .columns = collector_columns,
    .column_count = COLUMN_COUNT(collector_columns),
    .mib = 11,
};

static const struct column source_columns[] = {
    [SOURCES_COLLECTOR] = {.name = "collector",
                           .kind = COLUMN_KEY,
                           .type = COLUMN_TEXT,
                           .fold = FOLD_KEEP,
                           .bound = 16,
                           .help = "Name of the collector."},
    [SOURCES_SOURCE] = {.name = "source",
                        .kind = COLUMN_KEY,
                        .type = COLUMN_TEXT,
                        .fold = FOLD_OTHER,
                        .bound = 64,
                        .help = "What it reads: one mail server, one namespace, one file."},
    [SOURCES_SUCCESS] = {.name = "success",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_BOOLEAN,
                         .fold = FOLD_MIN,
                         .metric = "collector_source_success",
                         .help =
                             "1 if the source could be read in the last sample, 0 if not: its rows are missing then."},
    [SOURCES_ERROR] = {.name = "error",
                       .kind = COLUMN_NOTE,
                       .type = COLUMN_TEXT,
                       .help = "What could not be read, and why."},
};

const struct table table_sources = {
    .name = "sources",
    .help = "Whether each source of a collector can be read",
    .columns = source_columns,
    .column_count = COLUMN_COUNT(source_columns),
    .bound = {.max_rows = 128, .rank_by = SOURCES_SUCCESS, .uncut = true},
    .not_in_mib = "chokepointCollectorsFailed and the collector table tell; the text is on the page and in JSON",
};
