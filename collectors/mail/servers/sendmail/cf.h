/* SPDX-License-Identifier: Apache-2.0
 * As much of sendmail.cf as tells queues and limits: O and Q lines. Sendmail itself is never run: on a host without a
 * qualified name it sleeps for a minute. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_SENDMAIL_CF_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_SENDMAIL_CF_H

#include "base/text.h"
#include "collectors/mail/limits.h"

#define SENDMAIL_GROUPS 64u

/* A queue group: its directory, which may end in '*' for all that begin so. */
struct sendmail_group {
    const char *name;
    const char *path;
};

/* Start with zeroes; texts live in limits.arena. */
struct sendmail_cf {
    struct limits limits;
    struct sendmail_group groups[SENDMAIL_GROUPS]; /* the first is that of QueueDirectory */
    size_t group_count;
    const char *pid_file;   /* NULL: not told */
    double required_blocks; /* of the file system; NaN: not told */
};

/* Reads a file's text, which is changed. 0, -ENOMEM, or -EINVAL for a text with zero bytes; sendmail_cf_free() in any
 * case. */
int sendmail_cf_parse(struct sendmail_cf *cf, struct text *text);

/* Gives the memory back. */
void sendmail_cf_free(struct sendmail_cf *cf);

#endif
