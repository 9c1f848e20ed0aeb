/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/conntrack.h"

#include "snapshot/tables/tcp_sockets.h"

static const struct column columns[] = {
    [CONNTRACK_NETNS] = {.name = "netns",
                         .kind = COLUMN_KEY,
                         .type = COLUMN_TEXT,
                         .bound = TCP_NETNS_BOUND,
                         .help = "Network namespace; empty for the agent's own."},
    [CONNTRACK_ENTRIES] = {.name = "entries",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_GAUGE,
                           .metric = "conntrack_entries",
                           .help = "Flows that connection tracking holds."},
    [CONNTRACK_LIMIT] = {.name = "limit",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_GAUGE,
                         .metric = "conntrack_entries_limit",
                         .help = "Most flows it may hold (nf_conntrack_max)."},
    [CONNTRACK_INSERT_FAILURES] = {.name = "insert_failures",
                                   .kind = COLUMN_VALUE,
                                   .type = COLUMN_COUNTER,
                                   .metric = "conntrack_insert_failures_total",
                                   .help = "Flows that could not be entered (insert_failed)."},
    [CONNTRACK_DROPS] = {.name = "drops",
                         .kind = COLUMN_VALUE,
                         .type = COLUMN_COUNTER,
                         .metric = "conntrack_drops_total",
                         .help = "Packets dropped because the table was full (drop, early_drop apart)."},
};

const struct table table_conntrack = {
    .name = "conntrack",
    .help = "Connection tracking, where NAT and container hosts run out",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .not_in_mib = "the finding conntrack_filling carries it to the NMS",
};
