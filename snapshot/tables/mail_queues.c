/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/mail_queues.h"

static const char *const mta_words[] = {"postfix", "exim", "sendmail", "opensmtpd", "spool", "exchange", NULL};

#define AGED(name_, over, mib_)                                                                                        \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_SUM,                                   \
        .metric = "mail_queue_aged_messages", .label = "older_than", .label_value = over, .mib = mib_,                 \
        .help = "Messages in the queue that arrived longer ago than older_than; the rows overlap, so do not sum them." \
    }

static const struct column columns[] = {
    [MAIL_QUEUES_MTA] = {.name = "mta", .kind = COLUMN_KEY, .type = COLUMN_WORD, .fold = FOLD_KEEP, .words = mta_words,
                         .mib = 1, .help = "Kind of mail server."},
    [MAIL_QUEUES_SERVER] = {.name = "server", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_OTHER, .bound = 40,
                            .mib = 2, .help = "Instance, by the name of its configuration."},
    [MAIL_QUEUES_QUEUE] = {.name = "queue", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_OTHER, .bound = 48,
                           .mib = 3, .help = "The mail server's own name for the queue."},
    [MAIL_QUEUES_MESSAGES] = {.name = "messages", .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_SUM,
                              .metric = "mail_queue_messages", .mib = 4, .help = "Messages in the queue."},
    [MAIL_QUEUES_BYTES] = {.name = "bytes", .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .unit = UNIT_BYTES,
                           .fold = FOLD_SUM, .metric = "mail_queue_bytes", .mib = 5,
                           .help = "Size of the messages in the queue."},
    [MAIL_QUEUES_OLDEST_AGE] = {.name = "oldest_age", .kind = COLUMN_VALUE, .type = COLUMN_REAL, .unit = UNIT_SECONDS,
                                .fold = FOLD_MAX, .metric = "mail_queue_oldest_message_age_seconds", .mib = 6,
                                .help = "Time since the oldest message in the queue arrived; 0 when it is empty."},
    [MAIL_QUEUES_DUE] = {.name = "due", .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .fold = FOLD_SUM,
                         .metric = "mail_queue_due_messages", .mib = 7,
                         .help = "Messages whose next delivery attempt is due now."},
    [MAIL_QUEUES_OVER_5M] = AGED("over_5m", "5m", 8),
    [MAIL_QUEUES_OVER_1H] = AGED("over_1h", "1h", 9),
    [MAIL_QUEUES_OVER_6H] = AGED("over_6h", "6h", 10),
    [MAIL_QUEUES_OVER_1D] = AGED("over_1d", "1d", 11),
    [MAIL_QUEUES_OVER_3D] = AGED("over_3d", "3d", 12),
    [MAIL_QUEUES_AGE_METHOD] = {.name = "age_method", .kind = COLUMN_NOTE, .type = COLUMN_TEXT, .bound = 32, .mib = 13,
                                .help = "How arrival times were found: name, birth time, record or file time."},
    [MAIL_QUEUES_DIRECTORY] = {.name = "directory", .kind = COLUMN_NOTE, .type = COLUMN_TEXT, .mib = 14,
                               .help = "Directory that holds the queue."},
};

const struct table table_mail_queues = {
    .name = "mail_queues",
    .help = "Depth and age of each mail queue",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .bound = {.max_rows = 100, .rank_by = MAIL_QUEUES_MESSAGES},
    .mib = 7,
};
