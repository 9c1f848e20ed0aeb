/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/tcp_states.h"

const char *const tcp_state_words[] = {"established", "syn_sent",   "syn_recv", "fin_wait1", "fin_wait2", "time_wait",
                                       "close",       "close_wait", "last_ack", "listen",    "closing",   NULL};
const unsigned tcp_state_numbers[] = {5, 3, 4, 6, 7, 11, 1, 8, 9, 2, 10};

#define ATTRIBUTED(method, mib_)                                                                                       \
    {                                                                                                                  \
        .name = method, .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_SUM,                                  \
        .metric = "tcp_attributed_sockets", .label = "method", .label_value = method, .mib = mib_,                     \
        .help = "TCP sockets by state and by how their owner was found; sums to tcp_sockets per state."                \
    }

static const struct column columns[] = {
    [TCP_STATES_NETNS] = {.name = "netns",
                          .kind = COLUMN_KEY,
                          .type = COLUMN_TEXT,
                          .fold = FOLD_OTHER,
                          .bound = 40,
                          .mib = 1,
                          .help = "Network namespace; empty for the agent's own."},
    [TCP_STATES_STATE] = {.name = "state",
                          .kind = COLUMN_KEY,
                          .type = COLUMN_WORD,
                          .fold = FOLD_KEEP,
                          .words = tcp_state_words,
                          .numbers = tcp_state_numbers,
                          .mib = 2,
                          .help = "TCP state."},
    [TCP_STATES_SOCKETS] = {.name = "sockets",
                            .kind = COLUMN_VALUE,
                            .type = COLUMN_GAUGE,
                            .fold = FOLD_SUM,
                            .metric = "tcp_sockets",
                            .mib = 3,
                            .help = "TCP sockets by state, IPv4 and IPv6."},
    [TCP_STATES_LIVE] = ATTRIBUTED("live", 4),
    [TCP_STATES_EVENT] = ATTRIBUTED("event", 5),
    [TCP_STATES_LISTENER] = ATTRIBUTED("listener", 6),
    [TCP_STATES_ESTIMATED] = ATTRIBUTED("estimated", 7),
    [TCP_STATES_UNKNOWN] = ATTRIBUTED("unknown", 8),
};

const struct table table_tcp_states = {
    .name = "tcp_states",
    .help = "TCP sockets by state, and how many of them have a known owner",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .bound = {.max_rows = 220, .rank_by = TCP_STATES_SOCKETS},
    .mib = 1,
};
