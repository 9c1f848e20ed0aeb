/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/listeners.h"

#include "snapshot/tables/tcp_sockets.h"

static const struct column columns[] = {
    [LISTENERS_PROCESS] = {.name = "process", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_OTHER,
                           .bound = TCP_PROCESS_BOUND, .mib = 1,
                           .help = "Base name of the owner's executable; unknown where nobody is known."},
    [LISTENERS_UNIT] = {.name = "unit", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .bound = TCP_UNIT_BOUND, .mib = 2,
                        .help = "The owner's systemd unit or container."},
    [LISTENERS_ADDRESS] = {.name = "address", .kind = COLUMN_KEY, .type = COLUMN_ADDRESS, .bound = 45, .mib = 3,
                           .help = "Local address; * for any."},
    [LISTENERS_PORT] = {.name = "port", .kind = COLUMN_KEY, .type = COLUMN_PORT, .mib = 4, .help = "Local port."},
    [LISTENERS_NETNS] = {.name = "netns", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_KEEP,
                         .bound = TCP_NETNS_BOUND, .mib = 5, .help = "Network namespace; empty for the agent's own."},
    [LISTENERS_QUEUE] = {.name = "queue", .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_MAX,
                         .metric = "tcp_listen_queue", .mib = 6,
                         .help = "Connections that wait to be accepted, at the fullest listener there."},
    [LISTENERS_QUEUE_LIMIT] = {.name = "queue_limit", .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_MAX,
                               .metric = "tcp_listen_queue_limit", .mib = 7,
                               .help = "Bound of that accept queue; it reads one more when it overflows."},
    [LISTENERS_LISTENERS] = {.name = "listeners", .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_SUM,
                             .metric = "tcp_listeners", .mib = 8,
                             .help = "Sockets that share the address and port (SO_REUSEPORT)."},
};

const struct table table_listeners = {
    .name = "listeners",
    .help = "Accept queues of listening sockets",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .bound = {.max_rows = 100, .rank_by = LISTENERS_QUEUE},
    .indexed_by_row = true,
    .mib = 3,
};
