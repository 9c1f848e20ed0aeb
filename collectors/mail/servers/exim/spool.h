/* SPDX-License-Identifier: Apache-2.0
 * The queues of an Exim spool directory: input/ for the default one, NAME/input/ for those with a name; split into
 * subdirectories or not. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_SPOOL_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_SPOOL_H

#include "base/file.h"
#include "collectors/mail/sample.h"

#define EXIM_QUEUES 64u

struct exim_queue {
    char *name;      /* of a named queue; NULL: the default one */
    char *directory; /* below the spool directory */
    struct queue_tree *tree;
    bool seen;
};

/* Start with zeroes. */
struct exim_spool {
    struct exim_queue queues[EXIM_QUEUES];
    size_t count;
};

/* Reads the queues of the spool directory `path` and puts their rows. On failure (negative errno) subject tells the
 * path that could not be read; the caller rolls back. */
int exim_spool_collect(struct exim_spool *spool, const char *path, const char *server, const struct mail_sample *sample,
                       char subject[FILE_PATH_MAX]);

/* Whether a -H file that begins with this text says that its message is frozen: one of the lines that begin with "-",
 * before the recipients. */
bool exim_head_is_frozen(const char *head);

/* Gives the memory back. */
void exim_spool_free(struct exim_spool *spool);

#endif
