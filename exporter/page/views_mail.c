/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/views.h"

#include <math.h>

#include "snapshot/tables/mail_connections.h"
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

static double connections_share(const struct snapshot *snapshot, size_t row)
{
    return snapshot_has(snapshot, &table_mail_connections, row, MAIL_CONNECTIONS_RATIO)
               ? snapshot_real(snapshot, &table_mail_connections, row, MAIL_CONNECTIONS_RATIO)
               : NAN;
}

static double connections_rank(const struct snapshot *snapshot, size_t row)
{
    double share = connections_share(snapshot, row);
    return isnan(share) ? 0 : share;
}

static const struct view_field connections_fields[] = {
    {.heading = "Peer", .column = MAIL_CONNECTIONS_PEER},
    {.heading = "Connections", .column = MAIL_CONNECTIONS_CONNECTIONS, .numeric = true},
    {.heading = "Limit", .column = MAIL_CONNECTIONS_LIMIT, .numeric = true},
    {.heading = "Role", .column = MAIL_CONNECTIONS_ROLE},
    {.heading = "Service", .column = MAIL_CONNECTIONS_SCOPE},
    {.heading = "Setting", .column = MAIL_CONNECTIONS_NATIVE},
    {.heading = "Verdict", .column = MAIL_CONNECTIONS_VERDICT, .wide = true},
    {.heading = NULL},
};

const struct view view_mail_connections = {
    .title = "SMTP connections by peer",
    .empty = "No SMTP connection.",
    .table = &table_mail_connections,
    .fields = connections_fields,
    .rank = connections_rank,
    .share = connections_share,
    .most_rows = 8,
};
