/* SPDX-License-Identifier: Apache-2.0
 * Where the messages of a queue are bound for, and what the last attempt met. Filled by mail.content only. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_MAIL_DESTINATIONS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_MAIL_DESTINATIONS_H

#include "snapshot/declaration.h"

/* domain: as the messages have it, in lower case; "unknown" for those that are not read yet or do not tell.
 * dsn: an enhanced status code (RFC 3463) such as "4.3.2"; absent where no attempt is known. */
enum {
    MAIL_DESTINATIONS_MTA,
    MAIL_DESTINATIONS_SERVER,
    MAIL_DESTINATIONS_QUEUE,
    MAIL_DESTINATIONS_DOMAIN,
    MAIL_DESTINATIONS_DSN,
    MAIL_DESTINATIONS_MESSAGES,
    MAIL_DESTINATIONS_REASON, /* note: what one of them was told */
};

/* Octets of each. */
#define MAIL_DOMAIN_BOUND 64
#define MAIL_DSN_BOUND    12
#define MAIL_REASON_BOUND 160

extern const struct table table_mail_destinations;

#endif
