/* SPDX-License-Identifier: Apache-2.0
 * What queue_tree.c (names) and queue_files.c (sizes and retries) share. Nobody else includes this. */
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

    char name[];
};

struct queue_tree {
    const struct queue_format *format;
    const void *context;
    struct queue_directory *root;
    const struct queue_directory *failed;
    size_t directories;
    size_t known; /* over all directories */
};

#endif
