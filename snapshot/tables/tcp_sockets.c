/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/tcp_sockets.h"

#include "snapshot/tables/tcp_states.h"

static const char *const role_words[] = {"listen", "inbound", "outbound", NULL};

static const struct column columns[] = {
    [TCP_SOCKETS_PROCESS] = {.name = "process", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_OTHER,
                             .bound = TCP_PROCESS_BOUND, .mib = 1,
                             .help = "Base name of the owner's executable; unknown where nobody is known."},
    [TCP_SOCKETS_UNIT] = {.name = "unit", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .bound = TCP_UNIT_BOUND, .mib = 2,
                          .help = "The owner's systemd unit or container."},
    [TCP_SOCKETS_ROLE] = {.name = "role", .kind = COLUMN_KEY, .type = COLUMN_WORD, .words = role_words, .mib = 3,
                          .help = "listen, inbound or outbound."},
    [TCP_SOCKETS_PORT] = {.name = "port", .kind = COLUMN_KEY, .type = COLUMN_PORT, .mib = 4,
                          .help = "Service port: the local one for listen and inbound, the remote one for outbound."},
    [TCP_SOCKETS_STATE] = {.name = "state", .kind = COLUMN_KEY, .type = COLUMN_WORD, .fold = FOLD_KEEP,
                           .words = tcp_state_words, .numbers = tcp_state_numbers, .mib = 5, .help = "TCP state."},
    [TCP_SOCKETS_NETNS] = {.name = "netns", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_KEEP,
                           .bound = TCP_NETNS_BOUND, .mib = 6, .help = "Network namespace; empty for the agent's own."},
    [TCP_SOCKETS_SOCKETS] = {.name = "sockets", .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_SUM,
                             .metric = "tcp_process_sockets", .mib = 7,
                             .help = "TCP sockets by owner and service port; sums to tcp_sockets per state."},
    [TCP_SOCKETS_ESTIMATED] = {.name = "estimated", .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_SUM,
                               .metric = "tcp_process_estimated_sockets", .mib = 8,
                               .help = "How many of these sockets have their owner by estimate only."},
};

const struct table table_tcp_sockets = {
    .name = "tcp_sockets",
    .help = "TCP sockets by owner, role, service port and state",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .bound = {.max_rows = 200, .rank_by = TCP_SOCKETS_SOCKETS},
    .mib = 2,
};
