/* SPDX-License-Identifier: Apache-2.0
 * Runs the collectors one after the other and tells, for each, whether it succeeded and how long it took. */
#ifndef CHOKEPOINT_COLLECTORS_COLLECT_ALL_H
#define CHOKEPOINT_COLLECTORS_COLLECT_ALL_H

#include "collectors/collector.h"

struct collection;

/* One entry for each of collectors[]: whether to run it, and its option values (NULL where it has none). */
struct collection_choice {
    bool enabled;
    const void *options;
};

/* Prepares the chosen collectors. paths and choices' options outlive the collection; choices itself is copied.
 * 0 or -ENOMEM. */
int collection_new(const struct collector_paths *paths, const struct collection_choice *choices,
                   struct collection **ret_collection);

/* Opens the chosen collectors, which may take half a second: the first sample has no time for it. One that cannot open
 * is told by the samples, which try again. */
void collection_open(struct collection *collection);

/* Closes every collector. NULL is fine. */
void collection_free(struct collection *collection);

/* Runs each chosen collector with an equal share of the time until deadline (CLOCK_MONOTONIC, nanoseconds), rolls
 * back the rows of those that fail, and fills the collectors table. */
void collection_sample(struct collection *collection, struct builder *builder, int64_t deadline);

#endif
