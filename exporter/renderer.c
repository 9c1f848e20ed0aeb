/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/renderer.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "exporter/check/report.h"
#include "exporter/json/document.h"
#include "exporter/json/findings.h"
#include "exporter/page/page.h"
#include "exporter/prometheus/exposition.h"

#define GZIP_LEVEL  6
#define GZIP_WINDOW (15 + 16) /* the largest window; +16 asks for a gzip header (zlib.h, deflateInit2) */
#define GZIP_MEMORY 8         /* zlib's default */

/* What is handed out, with what it owns. */
struct shared {
    struct rendering rendering;
    atomic_uint references;
    struct text text;
};

/* The newest rendering of one format. The lock is held while rendering, so that others wait for the same one. */
struct slot {
    pthread_mutex_t lock;
    uint64_t sequence; /* of the snapshot; 0: none yet */
    struct shared *plain;
    struct shared *gzip;
};

struct renderer {
    struct snapshot_store *store;
    struct slot slots[FORMAT_COUNT];
};

static const char *const content_types[FORMAT_COUNT] = {
    [FORMAT_PROMETHEUS] = "text/plain; version=0.0.4; charset=utf-8",
    [FORMAT_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
    [FORMAT_JSON] = "application/json",
    [FORMAT_PAGE] = "text/html; charset=utf-8",
    [FORMAT_STATUS] = "text/plain; charset=utf-8",
    [FORMAT_CHECK_TEXT] = "text/plain; charset=utf-8",
    [FORMAT_CHECK_COLOUR] = "text/plain; charset=utf-8",
    [FORMAT_CHECK_JSON] = "text/plain; charset=utf-8", /* its first line is none of JSON */
    [FORMAT_CHECK_NAGIOS] = "text/plain; charset=utf-8",
};

int renderer_new(struct snapshot_store *store, struct renderer **ret_renderer)
{
    struct renderer *renderer = calloc(1, sizeof(*renderer));
    if (!renderer)
        return -ENOMEM;
    renderer->store = store;
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        (void)pthread_mutex_init(&renderer->slots[i].lock, NULL); /* cannot fail without attributes */
    *ret_renderer = renderer;
    return 0;
}

static void slot_clear(struct slot *slot)
{
    if (slot->plain)
        rendering_release(&slot->plain->rendering);
    if (slot->gzip)
        rendering_release(&slot->gzip->rendering);
    slot->plain = NULL;
    slot->gzip = NULL;
    slot->sequence = 0;
}

void renderer_free(struct renderer *renderer)
{
    if (!renderer)
        return;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        slot_clear(&renderer->slots[i]);
        (void)pthread_mutex_destroy(&renderer->slots[i].lock);
    }
    free(renderer);
}

int renderer_write(const struct snapshot *snapshot, enum format format, struct text *text)
{
    switch (format) {
    case FORMAT_PROMETHEUS:
        return exposition_write(snapshot, EXPOSITION_TEXT, text);
    case FORMAT_OPENMETRICS:
        return exposition_write(snapshot, EXPOSITION_OPENMETRICS, text);
    case FORMAT_JSON:
        return document_write(snapshot, text);
    case FORMAT_PAGE:
        return page_write(snapshot, text);
    case FORMAT_CHECK_TEXT:
        return report_text(snapshot, false, text);
    case FORMAT_CHECK_COLOUR:
        return report_text(snapshot, true, text);
    case FORMAT_CHECK_JSON:
        report_head(snapshot, text);
        return findings_write(snapshot, text);
    case FORMAT_CHECK_NAGIOS:
        return report_nagios(snapshot, text);
    default:
        return status_write(snapshot, text);
    }
}

/* Takes over the text, also on failure. */
static int share(enum format format, struct text *text, struct shared **ret_shared)
{
    struct shared *shared = calloc(1, sizeof(*shared));
    if (!shared) {
        text_free(text);
        return -ENOMEM;
    }
    shared->text = *text;
    shared->rendering = (struct rendering){content_types[format], text_value(&shared->text), text->length};
    atomic_init(&shared->references, 1);
    *ret_shared = shared;
    return 0;
}

static int render(const struct snapshot *snapshot, enum format format, struct shared **ret_shared)
{
    struct text text = TEXT_EMPTY;
    int error = renderer_write(snapshot, format, &text);
    if (error == 0)
        error = text.error;
    if (error < 0) {
        text_free(&text);
        return error;
    }
    return share(format, &text, ret_shared);
}

static void *zlib_allocate(void *context, unsigned count, unsigned size)
{
    (void)context;
    return calloc(count, size);
}

static void zlib_free(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static int compress_text(const struct rendering *plain, struct text *into)
{
    z_stream stream = {.zalloc = zlib_allocate, .zfree = zlib_free};
    if (deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return -ENOMEM;
    /* zlib counts in unsigned int; far larger than any rendering of a bounded snapshot. */
    size_t bound = deflateBound(&stream, (uLong)plain->length);
    int error = plain->length > UINT32_MAX / 2 ? -EFBIG : text_reserve(into, bound);
    if (error == 0) {
        stream.next_in = (Bytef *)plain->bytes;
        stream.avail_in = (uInt)plain->length;
        stream.next_out = (Bytef *)into->data;
        stream.avail_out = (uInt)bound;
        if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
            error = -EIO;
        into->length = stream.total_out;
    }
    (void)deflateEnd(&stream);
    return error;
}

static int compress_shared(const struct shared *plain, enum format format, struct shared **ret_shared)
{
    struct text text = TEXT_EMPTY;
    int error = compress_text(&plain->rendering, &text);
    if (error < 0) {
        text_free(&text);
        return error;
    }
    return share(format, &text, ret_shared);
}

/* With the slot's lock held. A slot that is already newer than the caller's snapshot stays. */
static int bring_up_to_date(struct slot *slot, const struct snapshot *snapshot, enum format format, bool gzip)
{
    int error = 0;
    if (snapshot_sequence(snapshot) > slot->sequence) {
        struct shared *plain;
        error = render(snapshot, format, &plain);
        if (error < 0)
            return error;
        slot_clear(slot);
        slot->plain = plain;
        slot->sequence = snapshot_sequence(snapshot);
    }
    if (gzip && !slot->gzip)
        error = compress_shared(slot->plain, format, &slot->gzip);
    return error;
}

/* A format that nobody asks for any more must not keep its last rendering for ever. */
static void drop_outdated(struct renderer *renderer, uint64_t sequence)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        struct slot *slot = &renderer->slots[i];
        if (pthread_mutex_trylock(&slot->lock) != 0)
            continue; /* in use, hence not forgotten */
        if (slot->sequence < sequence)
            slot_clear(slot);
        (void)pthread_mutex_unlock(&slot->lock);
    }
}

int renderer_get(struct renderer *renderer, enum format format, bool gzip, const struct rendering **ret_rendering)
{
    struct snapshot *snapshot = snapshot_store_newest(renderer->store);
    if (!snapshot)
        return -EAGAIN;
    struct slot *slot = &renderer->slots[format];
    (void)pthread_mutex_lock(&slot->lock);
    uint64_t before = slot->sequence;
    int error = bring_up_to_date(slot, snapshot, format, gzip);
    bool renewed = slot->sequence != before;
    if (error == 0) {
        struct shared *shared = gzip ? slot->gzip : slot->plain;
        atomic_fetch_add_explicit(&shared->references, 1, memory_order_relaxed);
        *ret_rendering = &shared->rendering;
    }
    (void)pthread_mutex_unlock(&slot->lock);
    if (renewed)
        drop_outdated(renderer, snapshot_sequence(snapshot));
    snapshot_release(snapshot);
    return error;
}

bool renderer_is_ready(struct renderer *renderer)
{
    struct snapshot *snapshot = snapshot_store_newest(renderer->store);
    snapshot_release(snapshot);
    return snapshot != NULL;
}

void rendering_release(const struct rendering *rendering)
{
    /* The rendering is the first member of what owns it. */
    struct shared *shared = (struct shared *)rendering;
    if (!shared || atomic_fetch_sub_explicit(&shared->references, 1, memory_order_acq_rel) != 1)
        return;
    text_free(&shared->text);
    free(shared);
}
