/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/server_row.h"

#include <math.h>

#include "collectors/mail/room.h"

static void put_room(struct builder *builder, const struct server_row *row)
{
    struct room room;
    double required = row->required;
    if (row->directory && room_ask(row->directory, &room) == 0) {
        builder_number(builder, MAIL_SERVERS_FREE, room.free_bytes);
        if (!isnan(row->required_percent))
            required = (double)room.all_bytes * row->required_percent / 100;
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
