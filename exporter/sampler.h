/* SPDX-License-Identifier: Apache-2.0
 * Takes a sample every interval, on a thread of its own, and publishes it. Nothing that serves samples can delay one.
 */
#ifndef CHOKEPOINT_EXPORTER_SAMPLER_H
#define CHOKEPOINT_EXPORTER_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/self.h"
#include "snapshot/builder.h"
#include "snapshot/store.h"

/* What to sample and how. fill puts the rows of all collectors and their analysis, and should be done by deadline
 * (CLOCK_MONOTONIC, nanoseconds). All pointers stay valid until the plan is replaced. */
struct sampler_plan {
    struct builder_settings settings;
    const char *procfs;
    void (*fill)(void *context, struct builder *builder, int64_t deadline);
    void *context;
};

struct sampler;

/* count, which may be NULL, sets the figures that whoever serves has counted. The store outlives it. 0 or negative
 * errno. */
int sampler_new(struct snapshot_store *store, void (*count)(void *context, struct self_figures *figures),
                void *count_context, struct sampler **ret_sampler);

/* Stops the thread and frees. NULL is fine. */
void sampler_free(struct sampler *sampler);

/* Uses this plan for a sample now, if the thread runs, and for all after it; waits for a sample that is being taken.
 * Returns after the old plan is out of use. */
void sampler_use(struct sampler *sampler, const struct sampler_plan *plan);

/* Notes whether the newest configuration could be used: config_last_reload_successful. */
void sampler_note_reload(struct sampler *sampler, bool successful);

/* Takes one sample now, on the caller's thread, and publishes it. 0 or negative errno: the one before stays. */
int sampler_sample(struct sampler *sampler);

/* Starts the thread: a sample now, then one each interval. 0 or negative errno. */
int sampler_start(struct sampler *sampler);

#endif
