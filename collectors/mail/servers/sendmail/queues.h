/* SPDX-License-Identifier: Apache-2.0
 * The directories of a queue group of Sendmail: one, or all that a '*' stands for, each with its files or with qf/, df/
 * and xf/ in it. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_SENDMAIL_QUEUES_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_SENDMAIL_QUEUES_H

#include "base/file.h"
#include "collectors/mail/sample.h"

#define SENDMAIL_DIRECTORIES 128u

struct sendmail_directory {
    char *name; /* below the parent of the group */
    struct queue_tree *tree;
    bool split; /* the envelopes are in qf/ */
    bool seen;
};

/* Start with zeroes. */
struct sendmail_queue {
    struct sendmail_directory directories[SENDMAIL_DIRECTORIES];
    size_t count;
    struct destinations *destinations; /* of all directories; NULL: messages were never opened */
};

/* What a queue is called, and where it is: path may end in '*'. */
struct sendmail_place {
    const char *server;
    const char *queue;
    const char *path; /* with the root before it */
};

/* Reads the queue's directories and puts one row. On failure (negative errno) subject tells the path that could not be
 * read; the caller rolls back. */
int sendmail_queue_collect(struct sendmail_queue *queue, const struct sendmail_place *place,
                           const struct mail_sample *sample, char subject[FILE_PATH_MAX]);

/* Gives the memory back. */
void sendmail_queue_free(struct sendmail_queue *queue);

#endif
