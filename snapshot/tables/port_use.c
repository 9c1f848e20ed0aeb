/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/port_use.h"

#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"

#define SOURCE(mib_)                                                                                                   \
    {                                                                                                                  \
        .name = "source", .kind = COLUMN_KEY, .type = COLUMN_ADDRESS, .bound = TCP_ADDRESS_BOUND, .mib = mib_,         \
        .help = "Local address."                                                                                       \
    }
#define DESTINATION(mib_)                                                                                              \
    {                                                                                                                  \
        .name = "destination", .kind = COLUMN_KEY, .type = COLUMN_ENDPOINT, .fold = FOLD_OTHER,                        \
        .bound = TCP_ENDPOINT_BOUND, .mib = mib_, .help = "Remote address and port."                                   \
    }
#define NETNS(mib_)                                                                                                    \
    {                                                                                                                  \
        .name = "netns", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_KEEP, .bound = TCP_NETNS_BOUND,         \
        .mib = mib_, .help = "Network namespace; empty for the agent's own."                                           \
    }

static const struct column use_columns[] = {
    [PORT_USE_SOURCE] = SOURCE(1),
    [PORT_USE_DESTINATION] = DESTINATION(2),
    [PORT_USE_NETNS] = NETNS(3),
    [PORT_USE_USED] = {.name = "used",
                       .kind = COLUMN_VALUE,
                       .type = COLUMN_GAUGE,
                       .fold = FOLD_SUM,
                       .metric = "ephemeral_ports_used",
                       .mib = 4,
                       .help = "Ephemeral ports of the source that are taken towards the destination."},
    [PORT_USE_REUSABLE] = {.name = "reusable",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_GAUGE,
                           .fold = FOLD_SUM,
                           .metric = "ephemeral_ports_reusable",
                           .mib = 5,
                           .help = "How many of those a new connection may take over now (tcp_tw_reuse)."},
    [PORT_USE_USABLE] = {.name = "usable",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_GAUGE,
                         .metric = "ephemeral_ports_usable",
                         .mib = 6,
                         .help = "Ephemeral ports towards one destination: the range, less reserved ports, less ports "
                                 "that listeners hold."},
    [PORT_USE_RATIO] = {.name = "ratio",
                        .kind = COLUMN_VALUE,
                        .type = COLUMN_REAL,
                        .unit = UNIT_RATIO,
                        .metric = "ephemeral_ports_used_ratio",
                        .mib = 7,
                        .help = "Used less reusable over usable: at 1 no connection to the destination can be opened."},
};

const struct table table_port_use = {
    .name = "port_use",
    .help = "Ephemeral ports taken towards each destination",
    .columns = use_columns,
    .column_count = COLUMN_COUNT(use_columns),
    .bound = {.max_rows = 20, .rank_by = PORT_USE_RATIO, .always = 5},
    .indexed_by_row = true,
    .mib = 4,
};

static const struct column user_columns[] = {
    [PORT_USERS_SOURCE] = SOURCE(1),
    [PORT_USERS_DESTINATION] = DESTINATION(2),
    [PORT_USERS_PROCESS] = {.name = "process",
                            .kind = COLUMN_KEY,
                            .type = COLUMN_TEXT,
                            .fold = FOLD_OTHER,
                            .bound = TCP_PROCESS_BOUND,
                            .mib = 3,
                            .help = "Base name of the holder's executable; unknown where nobody is known."},
    [PORT_USERS_UNIT] = {.name = "unit",
                         .kind = COLUMN_KEY,
                         .type = COLUMN_TEXT,
                         .bound = TCP_UNIT_BOUND,
                         .mib = 4,
                         .help = "The holder's systemd unit or container."},
    [PORT_USERS_NETNS] = NETNS(5),
    [PORT_USERS_USED] = {.name = "used",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_GAUGE,
                         .fold = FOLD_SUM,
                         .metric = "ephemeral_ports_used_by_process",
                         .mib = 6,
                         .help = "Ephemeral ports of the source that this process holds towards the destination."},
};

const struct table table_port_users = {
    .name = "port_users",
    .help = "Who holds the ephemeral ports towards each destination",
    .columns = user_columns,
    .column_count = COLUMN_COUNT(user_columns),
    .bound = {.max_rows = 40, .rank_by = PORT_USERS_USED, .always = 10},
    .indexed_by_row = true,
    .mib = 5,
};
