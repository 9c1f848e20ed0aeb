/* SPDX-License-Identifier: Apache-2.0
 * What holds for a mail server as a whole: room for its queue, its configuration, its own back pressure. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_MAIL_SERVERS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_MAIL_SERVERS_H

#include "snapshot/declaration.h"

enum {
    MAIL_SERVERS_MTA,
    MAIL_SERVERS_SERVER,
    MAIL_SERVERS_FREE,
    MAIL_SERVERS_REQUIRED,
    MAIL_SERVERS_STALE,
    MAIL_SERVERS_VERSION, /* note */
    MAIL_SERVERS_CONFIG,  /* note */
};

enum { MAIL_BACK_PRESSURE_MTA, MAIL_BACK_PRESSURE_SERVER, MAIL_BACK_PRESSURE_RESOURCE, MAIL_BACK_PRESSURE_LEVEL };

extern const struct table table_mail_servers;
extern const struct table table_mail_back_pressure;

#endif
