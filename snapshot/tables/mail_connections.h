/* SPDX-License-Identifier: Apache-2.0
 * What analysis/mail_connections tells: SMTP connections against the limits that hold for them now. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_MAIL_CONNECTIONS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_MAIL_CONNECTIONS_H

#include "snapshot/declaration.h"

enum {
    MAIL_CONNECTIONS_MTA, /* absent where no known mail server serves the port */
    MAIL_CONNECTIONS_SERVER,
    MAIL_CONNECTIONS_SCOPE,
    MAIL_CONNECTIONS_ROLE, /* enum tcp_role */
    MAIL_CONNECTIONS_PEER,
    MAIL_CONNECTIONS_CONNECTIONS,
    MAIL_CONNECTIONS_LIMIT,
    MAIL_CONNECTIONS_RATIO,
    MAIL_CONNECTIONS_NATIVE,  /* note: the setting that is the limit */
    MAIL_CONNECTIONS_VERDICT, /* note */
};

enum {
    MAIL_SERVER_CONNECTIONS_MTA,
    MAIL_SERVER_CONNECTIONS_SERVER,
    MAIL_SERVER_CONNECTIONS_SCOPE,
    MAIL_SERVER_CONNECTIONS_ROLE,
    MAIL_SERVER_CONNECTIONS_CONNECTIONS,
    MAIL_SERVER_CONNECTIONS_LIMIT,
    MAIL_SERVER_CONNECTIONS_RATIO,
    MAIL_SERVER_CONNECTIONS_WAITING,
    MAIL_SERVER_CONNECTIONS_PEAK_HOUR,
    MAIL_SERVER_CONNECTIONS_PEAK_DAY,
};

extern const struct table table_mail_connections;
extern const struct table table_mail_server_connections;

#endif
