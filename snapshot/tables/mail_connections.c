/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/mail_connections.h"

#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"

#define MTA(mib_)                                                                                                      \
    {                                                                                                                  \
        .name = "mta", .kind = COLUMN_KEY, .type = COLUMN_WORD, .fold = FOLD_KEEP, .words = mail_mta_words,            \
        .mib = mib_, .help = "Kind of mail server; empty where none is known to serve the port."                       \
    }
#define SERVER(mib_)                                                                                                   \
    {                                                                                                                  \
        .name = "server", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_KEEP, .bound = MAIL_SERVER_BOUND,      \
        .mib = mib_, .help = "Instance, by the name of its configuration."                                             \
    }
#define SCOPE(fold_, mib_)                                                                                             \
    {                                                                                                                  \
        .name = "scope", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = fold_, .bound = MAIL_SCOPE_BOUND,            \
        .mib = mib_, .help = "The service, connector or transport."                                                    \
    }
#define ROLE(mib_)                                                                                                     \
    {                                                                                                                  \
        .name = "role", .kind = COLUMN_KEY, .type = COLUMN_WORD, .fold = FOLD_KEEP, .words = tcp_role_words,           \
        .mib = mib_, .help = "inbound or outbound."                                                                    \
    }

static const struct column peer_columns[] = {
    [MAIL_CONNECTIONS_MTA] = MTA(1),
    [MAIL_CONNECTIONS_SERVER] = SERVER(2),
    [MAIL_CONNECTIONS_SCOPE] = SCOPE(FOLD_KEEP, 3),
    [MAIL_CONNECTIONS_ROLE] = ROLE(4),
    [MAIL_CONNECTIONS_PEER] = {.name = "peer",
                               .kind = COLUMN_KEY,
                               .type = COLUMN_ADDRESS,
                               .fold = FOLD_OTHER,
                               .bound = TCP_ADDRESS_BOUND,
                               .mib = 6,
                               .help = "Address of the other side."},
    [MAIL_CONNECTIONS_CONNECTIONS] = {.name = "connections",
                                      .kind = COLUMN_VALUE,
                                      .type = COLUMN_GAUGE,
                                      .fold = FOLD_SUM,
                                      .metric = "mail_connections",
                                      .mib = 7,
                                      .help = "Live SMTP connections by peer."},
    [MAIL_CONNECTIONS_LIMIT] = {.name = "limit",
                                .kind = COLUMN_VALUE,
                                .type = COLUMN_REAL,
                                .metric = "mail_connections_limit",
                                .mib = 8,
                                .help = "Most connections that this peer may have now; +Inf is unlimited."},
    [MAIL_CONNECTIONS_RATIO] = {.name = "ratio",
                                .kind = COLUMN_VALUE,
                                .type = COLUMN_REAL,
                                .unit = UNIT_RATIO,
                                .fold = FOLD_MAX,
                                .metric = "mail_connections_ratio",
                                .mib = 9,
                                .help = "Connections of the peer through its limit."},
    [MAIL_CONNECTIONS_NATIVE] = {.name = "native",
                                 .kind = COLUMN_NOTE,
                                 .type = COLUMN_TEXT,
                                 .bound = 64,
                                 .mib = 10,
                                 .help = "The mail server's own name of the setting that is the limit."},
    [MAIL_CONNECTIONS_VERDICT] = {.name = "verdict",
                                  .kind = COLUMN_NOTE,
                                  .type = COLUMN_TEXT,
                                  .mib = 11,
                                  .help = "Whether this limit throttles the peer, and where else to look."},
};

const struct table table_mail_connections = {
    .name = "mail_connections",
    .help = "SMTP connections by peer against the limit that holds for it now",
    .columns = peer_columns,
    .column_count = COLUMN_COUNT(peer_columns),
    .bound = {.max_rows = 50, .rank_by = MAIL_CONNECTIONS_RATIO, .always = 5},
    .indexed_by_row = true,
    .mib = 9,
};

static const struct column server_columns[] = {
    [MAIL_SERVER_CONNECTIONS_MTA] = MTA(0),
    [MAIL_SERVER_CONNECTIONS_SERVER] = SERVER(0),
    [MAIL_SERVER_CONNECTIONS_SCOPE] = SCOPE(FOLD_OTHER, 0),
    [MAIL_SERVER_CONNECTIONS_ROLE] = ROLE(0),
    [MAIL_SERVER_CONNECTIONS_CONNECTIONS] = {.name = "connections",
                                             .kind = COLUMN_VALUE,
                                             .type = COLUMN_GAUGE,
                                             .fold = FOLD_SUM,
                                             .metric = "mail_server_connections",
                                             .help = "Live SMTP connections of a service, all peers together."},
    [MAIL_SERVER_CONNECTIONS_LIMIT] = {.name = "limit",
                                       .kind = COLUMN_VALUE,
                                       .type = COLUMN_REAL,
                                       .metric = "mail_server_connections_limit",
                                       .help = "Most connections of the service; +Inf is unlimited."},
    [MAIL_SERVER_CONNECTIONS_RATIO] = {.name = "ratio",
                                       .kind = COLUMN_VALUE,
                                       .type = COLUMN_REAL,
                                       .unit = UNIT_RATIO,
                                       .fold = FOLD_MAX,
                                       .metric = "mail_server_connections_ratio",
                                       .help = "Connections of the service through its limit."},
    [MAIL_SERVER_CONNECTIONS_WAITING] = {.name = "waiting",
                                         .kind = COLUMN_VALUE,
                                         .type = COLUMN_GAUGE,
                                         .fold = FOLD_SUM,
                                         .metric = "mail_server_connections_waiting",
                                         .help = "Connections in the accept queue, among the above: above 0 for long "
                                                 "is a full process limit."},
    [MAIL_SERVER_CONNECTIONS_PEAK_HOUR] = {.name = "peak_hour",
                                           .kind = COLUMN_VALUE,
                                           .type = COLUMN_GAUGE,
                                           .fold = FOLD_MAX,
                                           .metric = "mail_server_connections_peak",
                                           .label = "since",
                                           .label_value = "1h",
                                           .help = "Most connections of the service since the last full hour or day "
                                                   "(UTC)."},
    [MAIL_SERVER_CONNECTIONS_PEAK_DAY] = {.name = "peak_day",
                                          .kind = COLUMN_VALUE,
                                          .type = COLUMN_GAUGE,
                                          .fold = FOLD_MAX,
                                          .metric = "mail_server_connections_peak",
                                          .label = "since",
                                          .label_value = "1d",
                                          .help = "Most connections of the service since the last full hour or day "
                                                  "(UTC)."},
};

const struct table table_mail_server_connections = {
    .name = "mail_server_connections",
    .help = "SMTP connections of each service against its total limit",
    .columns = server_columns,
    .column_count = COLUMN_COUNT(server_columns),
    .bound = {.max_rows = 50, .rank_by = MAIL_SERVER_CONNECTIONS_CONNECTIONS},
    .not_in_mib = "chokepointMailConnectionTable has the peers; totals are served over HTTP",
};
