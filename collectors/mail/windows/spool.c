/* SPDX-License-Identifier: Apache-2.0
 * Directories in which each file is a message, on Windows: pickup directories of IIS and Exchange, and any other. One
 * call gives names, sizes and times together, so a directory is read whole, but not at every sample. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "collectors/mail/queue_row.h"
#include "collectors/mail/server.h"
#include "collectors/mail/server_row.h"
#include "collectors/mail/spool_kinds.h"
#include "collectors/mail/times.h"
#include "collectors/mail/windows/folder.h"
#include "collectors/source.h"

/* How long a reading counts. Ages go on meanwhile. */
#define READ_SECONDS 15

/* The clock is asked once for so many files. */
#define FILES_BETWEEN_LOOKS 256u

struct folder_queue {
    bool missing;
    uint64_t messages;
    uint64_t bytes;
    int64_t oldest;
    struct times arrivals;
};

struct spool {
    const struct mail_instance_option *option;
    const char *label;
    int64_t read_at; /* CLOCK_MONOTONIC; 0: never, or not well */
    struct folder_queue queues[SPOOL_QUEUES];
};

struct spools {
    const struct collector_paths *paths;
    struct spool *items;
    size_t count;
    struct times_collector times;
};

/* While one directory is read. */
struct reading {
    struct times_collector *times;
    struct folder_queue found;
    int64_t deadline;
};

static void spool_close(void *state)
{
    struct spools *spools = state;
    if (!spools)
        return;
    for (size_t i = 0; spools->items && i < spools->count; i++)
        for (size_t j = 0; j < SPOOL_QUEUES; j++)
            times_free(&spools->items[i].queues[j].arrivals);
    free(spools->items);
    free(spools);
}

static int spool_open(const struct collector_paths *paths, const struct mail_options *options, void **ret_state)
{
    const struct mail_instance_option *given = options->spool.items;
    struct spools *spools = calloc(1, sizeof(*spools));
    if (!spools)
        return -ENOMEM;
    spools->paths = paths;
    spools->items = calloc(options->spool.count + 1, sizeof(*spools->items));
    if (!spools->items) {
        spool_close(spools);
        return -ENOMEM;
    }
    for (size_t i = 0; i < options->spool.count; i++)
        spools->items[spools->count++] =
            (struct spool){.option = &given[i], .label = mail_unique_name(given, i, given[i].path)};
    *ret_state = spools;
    return 0;
}

static int take_file(void *context, const struct folder_file *file)
{
    struct reading *reading = context;
    struct folder_queue *found = &reading->found;
    int64_t arrival = times_moment(file->written / CLOCK_SECOND, file->written % CLOCK_SECOND);
    found->messages++;
    found->bytes += file->size;
    if (arrival < found->oldest)
        found->oldest = arrival;
    times_add(reading->times, arrival);
    if (found->messages % FILES_BETWEEN_LOOKS == 0 && clock_monotonic() >= reading->deadline)
        return -ETIME;
    return 0;
}

static int read_folder(struct spools *spools, struct folder_queue *queue, const char *path, const char *pattern,
                       const struct mail_sample *sample)
{
    struct reading reading = {&spools->times, {.oldest = INT64_MAX, .arrivals = queue->arrivals}, sample->deadline};
    times_begin(&spools->times, builder_wall_now(sample->builder), TIMES_PAST);
    int error = folder_read(path, pattern, take_file, &reading);
    if (error == 0)
        error = times_finish(&spools->times, &reading.found.arrivals);
    if (error == 0)
        *queue = reading.found;
    return error;
}

/* Names on Windows do not differ in the case of their letters alone. */
static bool is_named_before(const struct spool_queue *kinds, size_t position)
{
    for (size_t i = 0; i < position; i++)
        if (strcasecmp(kinds[i].directory, kinds[position].directory) == 0)
            return true;
    return false;
}

static int read_spool(struct spools *spools, struct spool *spool, const char *path, const struct mail_sample *sample)
{
    const struct spool_queue *kinds = spool_kinds[spool->option->kind];
    for (size_t i = 0; i < SPOOL_QUEUES && kinds[i].directory; i++) {
        char folder[FILE_PATH_MAX];
        struct folder_queue *queue = &spool->queues[i];
        int error = file_path(folder, sizeof(folder), path, kinds[i].directory);
        queue->missing = is_named_before(kinds, i);
        if (error == 0 && !queue->missing)
            error = read_folder(spools, queue, folder, spool->option->include, sample);
        if (i > 0 && error == -ENOENT) {
            queue->missing = true;
            error = 0;
        }
        if (error < 0)
            return error;
    }
    return 0;
}

static void put_queue(const struct spool *spool, size_t position, struct builder *builder)
{
    const struct folder_queue *queue = &spool->queues[position];
    struct queue_totals totals = {.messages = queue->messages,
                                  .dated = queue->messages,
                                  .oldest = queue->oldest,
                                  .methods = queue->messages > 0 ? 1u << ARRIVAL_FILE_TIME : 0,
                                  .files_known = true,
                                  .bytes = queue->bytes};
    for (unsigned i = 0; i < QUEUE_AGES; i++)
        totals.aged[i] = times_until(&queue->arrivals, builder_wall_now(builder) - queue_age_seconds[i] * CLOCK_SECOND);
    const struct queue_label label = {.mta = MAIL_SPOOL,
                                      .server = spool->label,
                                      .queue = spool_kinds[spool->option->kind][position].queue,
                                      .directory = spool->option->path};
    queue_row_put(builder, &label, &totals);
}

static void put_rows(const struct spool *spool, const char *path, struct builder *builder)
{
    for (size_t i = 0; i < SPOOL_QUEUES && spool_kinds[spool->option->kind][i].directory; i++)
        if (!spool->queues[i].missing)
            put_queue(spool, i, builder);
    server_row_put(
        builder,
        &(struct server_row){
            .mta = MAIL_SPOOL, .server = spool->label, .directory = path, .required = NAN, .required_percent = NAN});
}

static int collect_spool(struct spools *spools, struct spool *spool, const char *path, const struct mail_sample *sample)
{
    int64_t now = builder_now(sample->builder);
    int error = 0;
    if (spool->read_at == 0 || now - spool->read_at >= READ_SECONDS * CLOCK_SECOND) {
        error = read_spool(spools, spool, path, sample);
        spool->read_at = error == 0 ? now : 0;
    }
    if (error == 0)
        put_rows(spool, path, sample->builder);
    return error;
}

static int collect_source(struct spools *spools, struct spool *spool, const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX], path[FILE_PATH_MAX] = "";
    struct builder_mark mark = builder_mark(sample->builder);
    int error = file_path(path, sizeof(path), spools->paths->rootfs, spool->option->path);
    if (error == 0)
        error = collect_spool(spools, spool, path, sample);
    (void)snprintf(source, sizeof(source), "spool:%s", spool->label);
    source_report(sample->builder, &(struct source){"mail", source, path}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int spool_collect(void *state, const struct mail_sample *sample)
{
    struct spools *spools = state;
    int error = spools->count > 0 ? 0 : -ENODATA;
    for (size_t i = 0; i < spools->count && error == 0; i++) {
        struct mail_sample share = *sample;
        share.deadline = mail_share(sample->deadline, spools->count - i);
        error = collect_source(spools, &spools->items[i], &share);
    }
    return error;
}

extern const struct mail_server spool_server;

const struct mail_server spool_server = {
    .open = spool_open,
    .collect = spool_collect,
    .close = spool_close,
};
