/* SPDX-License-Identifier: Apache-2.0
 * What queue_tree.c (names), queue_files.c (sizes and retries) and queue_content.c (destinations) share. Nobody else
 * includes this. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_QUEUE_TREE_PRIVATE_H
#define CHOKEPOINT_COLLECTORS_MAIL_QUEUE_TREE_PRIVATE_H

#include <sys/types.h>
#include <time.h>

#include "collectors/mail/known.h"
#include "collectors/mail/queue_tree.h"

/* What tells that a directory is the same and unchanged. ctime as well as mtime: chmod() moves only that. */
struct stamp {
    dev_t device;
    ino_t inode;
    struct timespec modified;
    struct timespec changed;
};

/* One directory as last read. */
struct queue_directory {
    struct queue_directory *parent;
    struct queue_directory *children;
    struct queue_directory *next; /* sibling */
    unsigned depth;
    bool seen; /* while the parent is read */

    struct stamp stamp;
    int64_t read_at;  /* wall clock of the sample that read it */
    uint64_t version; /* how often it was read; 0: never */
    uint64_t messages;
    uint64_t dated;
    int64_t oldest;
    unsigned methods;
    struct times arrivals;
    struct known known; /* arrivals asked of files; lasting_arrivals only */

    bool files_known;
    uint64_t files_version; /* the version that the files tier saw */
    int64_t files_tried;    /* CLOCK_MONOTONIC; 0: never */
    uint64_t bytes;
    uint64_t set_aside;
    struct times retries;

    struct known destinations; /* of the messages that were opened, while they are there */
    int64_t content_tried;     /* CLOCK_MONOTONIC; 0: never */

    char name[];
};

struct queue_tree {
    const struct queue_format *format;
    const void *context;
    struct queue_directory *root;
    const struct queue_directory *failed;
    size_t directories;
    size_t known;                      /* over all directories */
    struct destinations *destinations; /* NULL: the content tier has not run */
    bool shares_destinations;          /* they are those of several trees, and not freed with this one */
};

/* Whether this directory or one below it is wanted by a pass. */
bool queue_tree_any(const struct queue_directory *directory,
                    bool (*wanted)(const void *pass, const struct queue_directory *directory), const void *pass);

/* Keeps what is known of a message's destination while its directory is read anew: from the directory to *fresh. */
void queue_content_keep(struct queue_directory *directory, const struct queue_tree *tree, const char *name,
                        size_t length, struct known *fresh);

/* Puts fresh in the place of what was known of the directory's messages, and counts anew. */
void queue_content_replace(struct queue_tree *tree, struct queue_directory *directory, struct known fresh);

#endif
