/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/server_row.h"

#include <math.h>
#include <sys/statvfs.h>

static void put_room(struct builder *builder, const struct server_row *row)
{
    struct statvfs room;
    double required = row->required;
    if (row->directory && statvfs(row->directory, &room) == 0) {
        builder_number(builder, MAIL_SERVERS_FREE, (uint64_t)room.f_bavail * room.f_frsize);
        if (!isnan(row->required_percent))
            required = (double)room.f_blocks * (double)room.f_frsize * row->required_percent / 100;
    }
    if (!isnan(required) && required < 9e18)
        builder_number(builder, MAIL_SERVERS_REQUIRED, (uint64_t)required);
}

void server_row_put(struct builder *builder, const struct server_row *row)
{
    builder_row(builder, &table_mail_servers);
    builder_number(builder, MAIL_SERVERS_MTA, row->mta);
    builder_text(builder, MAIL_SERVERS_SERVER, row->server);
    put_room(builder, row);
    if (row->state != SERVER_STATE_UNKNOWN)
        builder_number(builder, MAIL_SERVERS_STALE, row->state == SERVER_STATE_STALE);
    builder_text(builder, MAIL_SERVERS_VERSION, row->version);
    builder_text(builder, MAIL_SERVERS_CONFIG, row->config);
}
