/* SPDX-License-Identifier: Apache-2.0
 * One queue: a directory of messages, perhaps with subdirectories, remembered from sample to sample. What did not
 * change is not read again. Three tiers: names (count and arrival; every sample), files (size and next retry, by
 * fstatat(2); when a pace allows) and content (destination and reason, by opening messages; only where it is wanted).
 */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_QUEUE_TREE_H
#define CHOKEPOINT_COLLECTORS_MAIL_QUEUE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/mail/destinations.h"
#include "collectors/mail/pace.h"
#include "collectors/mail/times.h"

/* How the arrival of a message was found. Birth time is a guess after a copy or restore; file time is the mtime. */
enum arrival_method {
    ARRIVAL_NAME,
    ARRIVAL_BIRTH_TIME,
    ARRIVAL_RECORD,
    ARRIVAL_FILE_TIME,
    ARRIVAL_UNKNOWN, /* the message counts, its age does not */
    ARRIVAL_GONE,    /* the message left the directory meanwhile and does not count */
};

/* What a mail server knows about the files of a queue. */
struct queue_format {
    /* Whether a file of this name is a message; ARRIVAL_NAME with its arrival, or ARRIVAL_UNKNOWN where the name does
     * not tell; ARRIVAL_GONE: not a message. context is queue_tree_new()'s. Must be fast: called for every name. */
    enum arrival_method (*name)(const void *context, const char *name, size_t length, int64_t *ret_arrival);

    /* Asks the file, where the name did not tell. directory is a descriptor. NULL: names always tell. */
    enum arrival_method (*file)(int directory, const char *name, int64_t *ret_arrival);

    /* Whether a file that is no message is a part of one, so that its size counts. NULL: there are none. */
    bool (*is_part)(const char *name, size_t length);

    /* Whether a message is frozen or held back, asked by the files tier. NULL: none is. */
    bool (*is_set_aside)(int directory, const char *name);

    /* What a message waits for, as far as the file in `directory` tells and the one in `attempts` (descriptors;
     * attempts is -1 where there is none). The rest of *ret_destination, which begins with zeroes, is left. NULL: no
     * content tier. */
    void (*destination)(int directory, int attempts, const char *name, struct destination *ret_destination);

    /* Beside the queue's directory, one of the same shape: files of the messages' names, of their attempts. May be
     * NULL. */
    const char *attempts;

    bool lasting_arrivals; /* the file of a name never changes its arrival: file() is asked once; whole seconds */
    unsigned subdirectory; /* directories with names of at most so many characters belong to the queue, QUEUE_DEPTH
                            * levels at most; 0: none do */
    const char *content;   /* a message is a directory, and this the file in it that holds it; NULL: it is a file */
    bool retry_times;      /* a file's mtime is its next delivery attempt */
    bool files_change;     /* files may grow without a change of the directory */
};

#define QUEUE_DEPTH       4u
#define QUEUE_DIRECTORIES 4096u
#define QUEUE_KNOWN       131072u /* arrivals remembered, of 8 octets each; as many destinations */

/* What the content tier may spend in one sample, over all queues. */
struct queue_content_budget {
    struct pace pace;
    unsigned opens; /* messages that may still be opened in this sample */
};

#define QUEUE_CONTENT_OPENS 2000u

/* Memory for the time of a scan, shared by all queues. */
struct queue_workspace {
    char *buffer; /* DIRECTORY_BUFFER_SIZE bytes */
    struct times_collector times;
};

/* The bounds of aged[] below, in seconds, in the order of MAIL_QUEUES_OVER_5M and on. */
#define QUEUE_AGES 5u
extern const int64_t queue_age_seconds[QUEUE_AGES];

/* What a queue holds. */
struct queue_totals {
    uint64_t messages;
    uint64_t dated;   /* those whose arrival is known */
    int64_t oldest;   /* arrival of the oldest of these, nanoseconds since 1970; INT64_MAX: none */
    unsigned methods; /* one bit for each enum arrival_method that served */
    uint64_t aged[QUEUE_AGES];
    bool files_known; /* what follows is complete */
    uint64_t bytes;
    uint64_t set_aside;
    uint64_t due; /* retry_times only */
};

struct queue_tree;

/* A queue in the directory `name`, below the one given to queue_tree_scan(); "." is that one itself. format and context
 * outlive the tree. 0 or -ENOMEM. */
int queue_tree_new(const struct queue_format *format, const void *context, const char *name,
                   struct queue_tree **ret_tree);

/* From now on the content tier counts in these destinations, which outlive the tree: for a queue of several trees. */
void queue_tree_share_destinations(struct queue_tree *tree, struct destinations *destinations);

/* NULL is fine. */
void queue_tree_free(struct queue_tree *tree);

/* Names tier: reads every directory that may have changed since the last scan. now: wall clock, nanoseconds.
 * A directory that vanishes meanwhile is looked for once more. 0; -ETIME at the deadline (CLOCK_MONOTONIC);
 * -EOVERFLOW beyond QUEUE_DEPTH or QUEUE_DIRECTORIES; else negative errno, with queue_tree_failed() telling where. */
int queue_tree_scan(struct queue_tree *tree, int parent, struct queue_workspace *workspace, int64_t now,
                    int64_t deadline);

/* Files tier, after a scan that succeeded: as much as the pace allows. What cannot be read stays unknown.
 * 0 or -ENOMEM. */
int queue_tree_scan_files(struct queue_tree *tree, int parent, struct queue_workspace *workspace, int64_t now,
                          const struct pace *pace);

/* Content tier, after a scan that succeeded: opens messages that were not seen before, as many as the budget allows,
 * and again what was seen half an hour ago (five minutes, where no attempt was known). 0 or -ENOMEM. */
int queue_tree_scan_content(struct queue_tree *tree, int parent, struct queue_workspace *workspace,
                            struct queue_content_budget *budget);

/* What the content tier knows; NULL before its first scan. Together with the messages that are not opened yet it tells
 * of as many as queue_tree_totals(). Lives until the next scan. */
const struct destinations *queue_tree_destinations(const struct queue_tree *tree);

/* Writes the path, relative to the queue's parent, of the directory that the last scan failed at. */
void queue_tree_failed(const struct queue_tree *tree, char *buffer, size_t size);

/* Adds the totals of another directory of the same queue. */
void queue_totals_add(struct queue_totals *totals, const struct queue_totals *more);

/* Adds up what the last scans found; ages are those at now (wall clock, nanoseconds). */
void queue_tree_totals(const struct queue_tree *tree, int64_t now, struct queue_totals *ret_totals);

#endif
