/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_MAIL_QUEUES_H
#define CHOKEPOINT_SNAPSHOT_TABLES_MAIL_QUEUES_H

#include "snapshot/declaration.h"

enum {
    MAIL_QUEUES_MTA,
    MAIL_QUEUES_SERVER,
    MAIL_QUEUES_QUEUE,
    MAIL_QUEUES_MESSAGES,
    MAIL_QUEUES_BYTES,
    MAIL_QUEUES_OLDEST_AGE,
    MAIL_QUEUES_DUE,
    MAIL_QUEUES_OVER_5M,
    MAIL_QUEUES_OVER_1H,
    MAIL_QUEUES_OVER_6H,
    MAIL_QUEUES_OVER_1D,
    MAIL_QUEUES_OVER_3D,
    MAIL_QUEUES_AGE_METHOD, /* note: how arrival times were found */
    MAIL_QUEUES_DIRECTORY,  /* note */
    MAIL_QUEUES_FROZEN,
    MAIL_QUEUES_VELOCITY,
    MAIL_QUEUES_DETAIL, /* note: what else the server tells of the queue */
};

/* The words of the column mta. Add at the end only. */
enum mail_mta { MAIL_POSTFIX, MAIL_EXIM, MAIL_SENDMAIL, MAIL_OPENSMTPD, MAIL_SPOOL, MAIL_EXCHANGE };

extern const char *const mail_mta_words[];

/* Octets of a server's name. */
#define MAIL_SERVER_BOUND 40

extern const struct table table_mail_queues;

#endif
