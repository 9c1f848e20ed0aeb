/* SPDX-License-Identifier: Apache-2.0
 * Renders a snapshot into each output format at most once, and compresses it at most once, however many ask. */
#ifndef CHOKEPOINT_EXPORTER_RENDERER_H
#define CHOKEPOINT_EXPORTER_RENDERER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "snapshot/store.h"

enum format {
    FORMAT_PROMETHEUS,
    FORMAT_OPENMETRICS,
    FORMAT_JSON,
    FORMAT_PAGE,
    FORMAT_STATUS,
    FORMAT_CHECK_TEXT,
    FORMAT_CHECK_COLOUR,
    FORMAT_CHECK_JSON,
    FORMAT_CHECK_NAGIOS,
    FORMAT_COUNT
};

/* Bytes to send. Immutable; given back with rendering_release(). */
struct rendering {
    const char *content_type;
    const char *bytes;
    size_t length;
};

struct renderer;

/* Renders what is newest in the store, which outlives it. 0 or negative errno. */
int renderer_new(struct snapshot_store *store, struct renderer **ret_renderer);

/* Frees the renderer; renderings handed out stay good. NULL is fine. */
void renderer_free(struct renderer *renderer);

/* Appends a snapshot in this format, as the renderer hands it out. 0 or -ENOMEM. */
int renderer_write(const struct snapshot *snapshot, enum format format, struct text *text);

/* The newest snapshot in this format, plain or as gzip. Any thread; two that ask for the same at once wait for one
 * rendering. 0, -EAGAIN before the first sample, or -ENOMEM. */
int renderer_get(struct renderer *renderer, enum format format, bool gzip, const struct rendering **ret_rendering);

/* Whether there is a sample to render. Any thread. */
bool renderer_is_ready(struct renderer *renderer);

/* Gives a rendering back. NULL is fine. Any thread. */
void rendering_release(const struct rendering *rendering);

#endif
