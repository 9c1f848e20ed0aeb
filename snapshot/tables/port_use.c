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
    [PORT_USE_SOURCE] = SOURCE(2),
    [PORT_USE_DESTINATION] = DESTINATION(4),
    [PORT_USE_NETNS] = NETNS(6),
    [PORT_USE_USED] = {.name = "used",
                       .kind = COLUMN_VALUE,
                       .type = COLUMN_GAUGE,
                       .fold = FOLD_SUM,
                       .metric = "ephemeral_ports_used",
                       .mib = 7,
                       .help = "Ephemeral ports of the source that are taken towards the destination."},
    [PORT_USE_REUSABLE] = {.name = "reusable",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_GAUGE,
                           .fold = FOLD_SUM,
                           .metric = "ephemeral_ports_reusable",
                           .mib = 8,
                           .help = "How many of those a new connection may take over now (tcp_tw_reuse)."},
    [PORT_USE_USABLE] = {.name = "usable",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_GAUGE,
                         .metric = "ephemeral_ports_usable",
                         .mib = 9,
                         .help = "Ephemeral ports towards one destination: the range, less reserved ports, less ports "
                                 "that listeners hold."},
    [PORT_USE_RATIO] = {.name = "ratio",
                        .kind = COLUMN_VALUE,
                        .type = COLUMN_REAL,
                        .unit = UNIT_RATIO,
                        .metric = "ephemeral_ports_used_ratio",
                        .mib = 10,
                        .help = "Used less reusable over usable: at 1 no connection to the destination can be opened."},
    [PORT_USE_DEMAND] = {.name = "demand",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_REAL,
                         .unit = UNIT_RATIO,
                         .metric = "ephemeral_ports_demand_ratio",
                         .mib = 11,
                         .help =
                             "The ratio that use will settle at if connections go on as in the last seconds; above 1 "
                             "the ports will run out."},
    [PORT_USE_PEAK] = {.name = "peak",
                       .kind = COLUMN_VALUE,
                       .type = COLUMN_REAL,
                       .unit = UNIT_RATIO,
                       .metric = "ephemeral_ports_peak_ratio",
                       .mib = 12,
                       .help = "Highest ephemeral_ports_used_ratio of the last 60 seconds."},
    [PORT_USE_TAKEN] = {.name = "taken",
                        .kind = COLUMN_VALUE,
                        .type = COLUMN_COUNTER,
                        .fold = FOLD_SUM,
                        .metric = "ephemeral_ports_taken_total",
                        .mib = 13,
                        .help =
                            "Connections that took a port; without connection events at least so many, for one that "
                            "comes and goes between two samples is seen by its TIME_WAIT only."},
    [PORT_USE_EXHAUSTION] = {.name = "exhaustion",
                             .kind = COLUMN_VALUE,
                             .type = COLUMN_REAL,
                             .unit = UNIT_SECONDS,
                             .fold = FOLD_MIN,
                             .metric = "ephemeral_exhaustion_seconds",
                             .mib = 14,
                             .help = "Time until no port is left, if connections go on as in the last seconds; absent "
                                     "where they will not run out."},
    [PORT_USE_CLIFF] = {.name = "cliff",
                        .kind = COLUMN_VALUE,
                        .type = COLUMN_BOOLEAN,
                        .fold = FOLD_MAX,
                        .mib = 15,
                        .help = "Whether connect() gets slow from a ratio of 0.5 on: it takes every second port first "
                                "and then searches all of those each time, unless it may reuse them (tcp_tw_reuse)."},
    [PORT_USE_RATE] = {.name = "rate",
                       .kind = COLUMN_VALUE,
                       .type = COLUMN_REAL,
                       .unit = UNIT_PER_SECOND,
                       .fold = FOLD_SUM,
                       .help =
                           "Connections closed from here per second, each of which left a TIME_WAIT, as of the last "
                           "seconds."},
    [PORT_USE_HOLD] = {.name = "hold",
                       .kind = COLUMN_VALUE,
                       .type = COLUMN_REAL,
                       .unit = UNIT_SECONDS,
                       .fold = FOLD_MAX,
                       .help =
                           "How long a closed connection keeps its port: the life of a TIME_WAIT, or a second where "
                           "it may be reused."},
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
    [PORT_USERS_SOURCE] = SOURCE(2),
    [PORT_USERS_DESTINATION] = DESTINATION(4),
    [PORT_USERS_PROCESS] = {.name = "process",
                            .kind = COLUMN_KEY,
                            .type = COLUMN_TEXT,
                            .fold = FOLD_OTHER,
                            .bound = TCP_PROCESS_BOUND,
                            .mib = 6,
                            .help = "Base name of the holder's executable; unknown where nobody is known."},
    [PORT_USERS_UNIT] = {.name = "unit",
                         .kind = COLUMN_KEY,
                         .type = COLUMN_TEXT,
                         .bound = TCP_UNIT_BOUND,
                         .mib = 7,
                         .help = "The holder's systemd unit or container."},
    [PORT_USERS_NETNS] = NETNS(8),
    [PORT_USERS_USED] = {.name = "used",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_GAUGE,
                         .fold = FOLD_SUM,
                         .metric = "ephemeral_ports_used_by_process",
                         .mib = 9,
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

static const char *const family_words[] = {"ipv4", "ipv6", NULL};

static const struct column pool_columns[] = {
    [PORT_POOLS_SOURCE] = {.name = "source",
                           .kind = COLUMN_KEY,
                           .type = COLUMN_ADDRESS,
                           .fold = FOLD_OTHER,
                           .bound = TCP_ADDRESS_BOUND,
                           .help = "Local address."},
    [PORT_POOLS_FAMILY] = {.name = "family",
                           .kind = COLUMN_KEY,
                           .type = COLUMN_WORD,
                           .fold = FOLD_KEEP,
                           .words = family_words,
                           .help = "ipv4 or ipv6."},
    [PORT_POOLS_NETNS] = NETNS(0),
    [PORT_POOLS_USED] = {.name = "used",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_GAUGE,
                         .fold = FOLD_MAX,
                         .metric = "ephemeral_pool_ports_used",
                         .help = "Distinct ephemeral ports of the source that are taken, whatever the destination."},
    [PORT_POOLS_USABLE] = {.name = "usable",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_GAUGE,
                           .metric = "ephemeral_pool_ports_usable",
                           .help = "Ephemeral ports of the source: the range, less reserved ports, less ports that "
                                   "listeners hold."},
    [PORT_POOLS_RATIO] = {.name = "ratio",
                          .kind = COLUMN_VALUE,
                          .type = COLUMN_REAL,
                          .unit = UNIT_RATIO,
                          .fold = FOLD_MAX,
                          .metric = "ephemeral_pool_ports_used_ratio",
                          .help =
                              "Used over usable: at 1 no bind() to port 0 of the source succeeds; connect() without "
                              "bind() is not bound by it."},
    [PORT_POOLS_SHARED] = {.name = "shared",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_BOOLEAN,
                           .fold = FOLD_MAX,
                           .help = "Whether every connection draws from it, as on Windows."},
    [PORT_POOLS_DEMAND] = {.name = "demand",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_REAL,
                           .unit = UNIT_RATIO,
                           .fold = FOLD_MAX,
                           .metric = "ephemeral_pool_demand_ratio",
                           .help = "Level that use of the pool will settle at, over usable; above 1 it will run out. "
                                   "Only where every connection draws from it, as on Windows."},
    [PORT_POOLS_EXHAUSTION] = {.name = "exhaustion",
                               .kind = COLUMN_VALUE,
                               .type = COLUMN_REAL,
                               .unit = UNIT_SECONDS,
                               .fold = FOLD_MIN,
                               .metric = "ephemeral_pool_exhaustion_seconds",
                               .help = "Time until the pool runs out; absent where it will not."},
    [PORT_POOLS_RATE] = {.name = "rate",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_REAL,
                         .unit = UNIT_PER_SECOND,
                         .fold = FOLD_SUM,
                         .help = "Connections closed from here per second, each of which left a TIME_WAIT."},
};

const struct table table_port_pools = {
    .name = "port_pools",
    .help = "Ephemeral ports of each source address, which bind() before connect() draws from",
    .columns = pool_columns,
    .column_count = COLUMN_COUNT(pool_columns),
    .bound = {.max_rows = 5, .rank_by = PORT_POOLS_RATIO, .always = 1},
    .not_in_mib = "the scalar chokepointPoolUse tells the fullest",
};

static const struct column limit_columns[] = {
    [PORT_LIMITS_NETNS] = {.name = "netns",
                           .kind = COLUMN_KEY,
                           .type = COLUMN_TEXT,
                           .fold = FOLD_OTHER,
                           .bound = TCP_NETNS_BOUND,
                           .help = "Network namespace; empty for the agent's own."},
    [PORT_LIMITS_TIME_WAIT] = {.name = "time_wait",
                               .kind = COLUMN_VALUE,
                               .type = COLUMN_REAL,
                               .unit = UNIT_SECONDS,
                               .metric = "tcp_time_wait_seconds",
                               .help =
                                   "How long a TIME_WAIT lives: 60 on Linux, unless what is seen contradicts it; on "
                                   "Windows as it was measured."},
    [PORT_LIMITS_SUSTAINABLE] = {.name = "sustainable",
                                 .kind = COLUMN_VALUE,
                                 .type = COLUMN_REAL,
                                 .unit = UNIT_PER_SECOND,
                                 .metric = "ephemeral_sustainable_connections_per_second",
                                 .help =
                                     "Connections per second that one destination can take for ever, if each leaves "
                                     "a TIME_WAIT here that cannot be reused."},
};

const struct table table_port_limits = {
    .name = "port_limits",
    .help = "What the ephemeral ports of each namespace can bear",
    .columns = limit_columns,
    .column_count = COLUMN_COUNT(limit_columns),
    .bound = {.max_rows = 11, .rank_by = PORT_LIMITS_SUSTAINABLE},
    .not_in_mib = "chokepointTuningTable has the range, chokepointPortUseTable the demand",
};
