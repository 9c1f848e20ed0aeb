/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/mail_servers.h"

#include "snapshot/tables/mail_queues.h"

#define MTA                                                                                                            \
    {                                                                                                                  \
        .name = "mta", .kind = COLUMN_KEY, .type = COLUMN_WORD, .fold = FOLD_KEEP, .words = mail_mta_words,            \
        .help = "Kind of mail server."                                                                                 \
    }
#define SERVER                                                                                                         \
    {                                                                                                                  \
        .name = "server", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_OTHER, .bound = MAIL_SERVER_BOUND,     \
        .help = "Instance, by the name of its configuration."                                                          \
    }

static const struct column server_columns[] = {
    [MAIL_SERVERS_MTA] = MTA,
    [MAIL_SERVERS_SERVER] = SERVER,
    [MAIL_SERVERS_FREE] = {.name = "free",
                           .kind = COLUMN_VALUE,
                           .type = COLUMN_GAUGE,
                           .unit = UNIT_BYTES,
                           .fold = FOLD_MIN,
                           .metric = "mail_spool_free_bytes",
                           .help = "Room that is left in the file system of the queue."},
    [MAIL_SERVERS_REQUIRED] = {.name = "required",
                               .kind = COLUMN_VALUE,
                               .type = COLUMN_GAUGE,
                               .unit = UNIT_BYTES,
                               .fold = FOLD_MAX,
                               .metric = "mail_spool_required_bytes",
                               .help = "Room below which the mail server takes no more messages."},
    [MAIL_SERVERS_STALE] = {.name = "stale",
                            .kind = COLUMN_VALUE,
                            .type = COLUMN_BOOLEAN,
                            .fold = FOLD_MAX,
                            .metric = "mail_config_stale",
                            .help = "1 when the configuration is newer than the running server."},
    [MAIL_SERVERS_VERSION] = {.name = "version",
                              .kind = COLUMN_NOTE,
                              .type = COLUMN_TEXT,
                              .bound = 64,
                              .help = "Version, where it is told."},
    [MAIL_SERVERS_CONFIG] = {.name = "config",
                             .kind = COLUMN_NOTE,
                             .type = COLUMN_TEXT,
                             .help = "File that the limits come from."},
};

const struct table table_mail_servers = {
    .name = "mail_servers",
    .help = "Room for the queue and state of the configuration of each mail server",
    .columns = server_columns,
    .column_count = COLUMN_COUNT(server_columns),
    .bound = {.max_rows = 64, .rank_by = MAIL_SERVERS_REQUIRED},
    .not_in_mib = "hrStorageTable has the room in file systems; the findings tell when it is short",
};

static const struct column pressure_columns[] = {
    [MAIL_BACK_PRESSURE_MTA] = MTA,
    [MAIL_BACK_PRESSURE_SERVER] = SERVER,
    [MAIL_BACK_PRESSURE_RESOURCE] = {.name = "resource",
                                     .kind = COLUMN_KEY,
                                     .type = COLUMN_TEXT,
                                     .bound = 64,
                                     .fold = FOLD_OTHER,
                                     .help = "The mail server's own name of the resource."},
    [MAIL_BACK_PRESSURE_LEVEL] = {.name = "level",
                                  .kind = COLUMN_VALUE,
                                  .type = COLUMN_GAUGE,
                                  .fold = FOLD_MAX,
                                  .metric = "mail_back_pressure",
                                  .help = "Back pressure: 0 normal, 1 medium, 2 high: no more mail is taken."},
};

const struct table table_mail_back_pressure = {
    .name = "mail_back_pressure",
    .help = "Back pressure of each mail server by resource",
    .columns = pressure_columns,
    .column_count = COLUMN_COUNT(pressure_columns),
    .bound = {.max_rows = 50, .rank_by = MAIL_BACK_PRESSURE_LEVEL},
    .not_in_mib = "the finding mail_back_pressure is served",
};
