/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/tcp_events.h"

#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"

#define FAILURE(reason)                                                                                                \
    {                                                                                                                  \
        .name = reason, .kind = COLUMN_VALUE, .type = COLUMN_COUNTER, .fold = FOLD_SUM,                                \
        .metric = "tcp_connect_failures_total", .label = "reason", .label_value = reason,                              \
        .help = "Connections that could not be opened, by reason: no free port, refused, no answer, given up by the "  \
                "application, anything else. Only with events."                                                        \
    }

static const struct column connect_columns[] = {
    [TCP_CONNECTS_PROCESS] = {.name = "process",
                              .kind = COLUMN_KEY,
                              .type = COLUMN_TEXT,
                              .fold = FOLD_OTHER,
                              .bound = TCP_PROCESS_BOUND,
                              .help = "Base name of the executable that called connect()."},
    [TCP_CONNECTS_UNIT] = {.name = "unit",
                           .kind = COLUMN_KEY,
                           .type = COLUMN_TEXT,
                           .bound = TCP_UNIT_BOUND,
                           .help = "Its systemd unit or container."},
    [TCP_CONNECTS_DESTINATION] = {.name = "destination",
                                  .kind = COLUMN_KEY,
                                  .type = COLUMN_ENDPOINT,
                                  .fold = FOLD_OTHER,
                                  .bound = TCP_ENDPOINT_BOUND,
                                  .help = "Remote address and port; * for bind() to port 0."},
    [TCP_CONNECTS_NETNS] = {.name = "netns",
                            .kind = COLUMN_KEY,
                            .type = COLUMN_TEXT,
                            .fold = FOLD_KEEP,
                            .bound = TCP_NETNS_BOUND,
                            .help = "Network namespace; empty for the agent's own."},
    [TCP_CONNECTS_BEGUN] = {.name = "connects",
                            .kind = COLUMN_VALUE,
                            .type = COLUMN_COUNTER,
                            .fold = FOLD_SUM,
                            .metric = "tcp_connects_total",
                            .help = "Connections that a process began to open. Only with events."},
    [TCP_CONNECTS_FAILURES] = FAILURE("no_port"),
    [TCP_CONNECTS_FAILURES + 1] = FAILURE("refused"),
    [TCP_CONNECTS_FAILURES + 2] = FAILURE("timeout"),
    [TCP_CONNECTS_FAILURES + 3] = FAILURE("aborted"),
    [TCP_CONNECTS_FAILURES + 4] = FAILURE("other"),
};

const struct table table_tcp_connects = {
    .name = "tcp_connects",
    .help = "Connections opened from here, and those that failed, by owner and destination; only with events",
    .columns = connect_columns,
    .column_count = COLUMN_COUNT(connect_columns),
    .bound = {.max_rows = 40, .rank_by = TCP_CONNECTS_BEGUN},
    .not_in_mib = "the findings that are made of it are",
};

static const struct column event_columns[] = {
    [TCP_EVENTS_ACTIVE] = {.name = "active",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_BOOLEAN,
                           .metric = "tcp_events_active",
                           .help = "1 if TCP sockets are counted by kernel events, 0 if by walking."},
    [TCP_EVENTS_LOST] = {.name = "lost",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_COUNTER,
                         .metric = "events_lost_total",
                         .help = "Connection events that could not be counted where they belong; the next walk of each "
                                 "minute puts the counts right."},
    [TCP_EVENTS_MISSING] = {.name = "missing",
                            .kind = COLUMN_NOTE,
                            .type = COLUMN_TEXT,
                            .help = "Why events are not counted."},
};

const struct table table_tcp_events = {
    .name = "tcp_events",
    .help = "Whether TCP sockets are counted by kernel events",
    .columns = event_columns,
    .column_count = COLUMN_COUNT(event_columns),
    .not_in_mib = "method in chokepointTcpStateTable tells",
};
