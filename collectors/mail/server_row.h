/* SPDX-License-Identifier: Apache-2.0
 * The row of a mail server in the table mail_servers: room for its queue, state of its configuration. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVER_ROW_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVER_ROW_H

#include <stdint.h>

#include "snapshot/builder.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/mail_servers.h"

/* Whether the configuration is newer than the running server. */
enum server_state { SERVER_STATE_UNKNOWN, SERVER_STATE_FRESH, SERVER_STATE_STALE };

struct server_row {
    enum mail_mta mta;
    const char *server;
    const char *directory;   /* in the file system of the queue; NULL: none here */
    double required;         /* bytes; NaN: the server demands none, or it is not known */
    double required_percent; /* of the file system, if that is how the server counts; NaN: it is not */
    enum server_state state;
    const char *version; /* may be NULL */
    const char *config;  /* may be NULL */
};

/* Puts one row; a file system that cannot be asked leaves its cells absent. */
void server_row_put(struct builder *builder, const struct server_row *row);

#endif
