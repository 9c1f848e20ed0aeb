/* SPDX-License-Identifier: Apache-2.0
 * Which directories of a spool hold messages, for each kind of spool. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SPOOL_KINDS_H
#define CHOKEPOINT_COLLECTORS_MAIL_SPOOL_KINDS_H

#define SPOOL_QUEUES 5u

/* directory NULL: no more. */
struct spool_queue {
    const char *directory;
    const char *queue;
};

/* By enum mail_spool_kind; the first directory must be there, the others may be missing. */
extern const struct spool_queue spool_kinds[][SPOOL_QUEUES];

#endif
