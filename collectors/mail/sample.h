/* SPDX-License-Identifier: Apache-2.0
 * What the servers of the mail collector share while one sample is taken. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SAMPLE_H
#define CHOKEPOINT_COLLECTORS_MAIL_SAMPLE_H

#include "collectors/mail/pace.h"
#include "collectors/mail/queue_tree.h"
#include "snapshot/builder.h"

/* deadline: CLOCK_MONOTONIC, nanoseconds. All pointers are borrowed. */
struct mail_sample {
    struct builder *builder;
    int64_t deadline;
    struct pace *pace;
    struct queue_workspace *workspace;
    struct queue_content_budget *content; /* NULL: messages are not opened */
};

/* The deadline of the next of `left` pieces of work that share the time from now until deadline. */
int64_t mail_share(int64_t deadline, size_t left);

/* The content tier of some trees below the directory `parent`, within the sample's budget. 0 or -ENOMEM. */
int mail_scan_content(const struct mail_sample *sample, int parent, struct queue_tree *const *trees, size_t count);

#endif
