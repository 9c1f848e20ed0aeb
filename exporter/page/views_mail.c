/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/views.h"

#include "snapshot/tables/mail_queues.h"

static double mail_rank(const struct snapshot *snapshot, size_t row)
{
    return snapshot_real(snapshot, &table_mail_queues, row, MAIL_QUEUES_OLDEST_AGE);
}

static const struct view_field mail_fields[] = {
    {.heading = "Oldest message", .column = MAIL_QUEUES_OLDEST_AGE, .numeric = true},
    {.heading = "Messages", .column = MAIL_QUEUES_MESSAGES, .numeric = true},
    {.heading = "Due now", .column = MAIL_QUEUES_DUE, .numeric = true},
    {.heading = "Over 1 h", .column = MAIL_QUEUES_OVER_1H, .numeric = true},
    {.heading = "Size", .column = MAIL_QUEUES_BYTES, .numeric = true},
    {.heading = "Queue", .column = MAIL_QUEUES_QUEUE},
    {.heading = "Server", .column = MAIL_QUEUES_SERVER},
    {.heading = "MTA", .column = MAIL_QUEUES_MTA},
    {.heading = NULL},
};

const struct view view_mail = {
    .title = "Mail queues",
    .empty = "No mail queue found.",
    .table = &table_mail_queues,
    .fields = mail_fields,
    .rank = mail_rank,
    .most_rows = 12,
};
