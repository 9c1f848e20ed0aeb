/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/exim/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/mail/directory.h"
#include "collectors/mail/message_file.h"
#include "collectors/mail/queue_row.h"
#include "collectors/mail/servers/exim/destination.h"
#include "collectors/mail/servers/exim/queue_id.h"

/* Where -frozen stands in a -H file: behind a few fixed lines and those of the connection; variables of access control
 * lists may push it further back. */
#define HEAD_SIZE 8192u

static enum arrival_method message_name(const void *context, const char *name, size_t length, int64_t *ret_arrival)
{
    (void)context;
    return exim_queue_id_arrival(name, length, ret_arrival);
}

bool exim_head_is_frozen(const char *head)
{
    const char *end = strstr(head, "\nXX\n"); /* no tree of recipients that are done */
    const char *frozen = strstr(head, "\n-frozen ");
    return frozen && (!end || frozen < end);
}

static bool message_is_set_aside(int directory, const char *name)
{
    char head[HEAD_SIZE + 1];
    ssize_t length = message_file_read(directory, name, head, HEAD_SIZE, false);
    head[length > 0 ? length : 0] = '\0';
    return exim_head_is_frozen(head);
}

static const struct queue_format format = {
    .name = message_name,
    .is_part = exim_queue_id_is_body,
    .is_set_aside = message_is_set_aside,
    .destination = exim_destination,
    .attempts = "msglog",
    .subdirectory = 1,
};

/* Keeps the queue of this directory or adds it; name NULL is the default one. 0, -ENOMEM, or -EOVERFLOW. */
static int want(struct exim_spool *spool, const char *name)
{
    for (size_t i = 0; i < spool->count; i++) {
        struct exim_queue *queue = &spool->queues[i];
        if ((!name && !queue->name) || (name && queue->name && strcmp(queue->name, name) == 0)) {
            queue->seen = true;
            return 0;
        }
    }
    if (spool->count == EXIM_QUEUES)
        return -EOVERFLOW;
    struct exim_queue queue = {.seen = true, .name = name ? strdup(name) : NULL};
    if ((name && !queue.name) || asprintf(&queue.directory, "%s%sinput", name ? name : "", name ? "/" : "") < 0) {
        free(queue.name);
        return -ENOMEM;
    }
    int error = queue_tree_new(&format, NULL, queue.directory, &queue.tree);
    if (error < 0) {
        free(queue.name);
        free(queue.directory);
        return error;
    }
    spool->queues[spool->count++] = queue;
    return 0;
}

static void queue_free(struct exim_queue *queue)
{
    queue_tree_free(queue->tree);
    free(queue->name);
    free(queue->directory);
}

struct looking {
    struct exim_spool *spool;
    int directory;
};

/* A directory with an input/ in it is a named queue. */
static int look_at(void *context, const char *name, unsigned char type)
{
    const struct looking *looking = context;
    char below[NAME_MAX + 8];
    if (type != DT_DIR && type != DT_UNKNOWN)
        return 0;
    (void)snprintf(below, sizeof(below), "%s/input", name);
    return faccessat(looking->directory, below, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? want(looking->spool, name) : 0;
}

static int find_queues(struct exim_spool *spool, int directory, const struct mail_sample *sample)
{
    for (size_t i = 0; i < spool->count; i++)
        spool->queues[i].seen = false;
    int error = want(spool, NULL);
    if (error < 0)
        return error;
    struct looking looking = {spool, directory};
    error = directory_read(directory, sample->workspace->buffer, sample->deadline, look_at, &looking);
    for (size_t i = 0; i < spool->count && error == 0;) {
        if (spool->queues[i].seen) {
            i++;
            continue;
        }
        queue_free(&spool->queues[i]);
        spool->queues[i] = spool->queues[--spool->count];
    }
    return error;
}

static int scan_names(struct exim_spool *spool, int directory, const struct mail_sample *sample,
                      char subject[FILE_PATH_MAX])
{
    for (size_t i = 0; i < spool->count; i++) {
        struct queue_tree *tree = spool->queues[i].tree;
        int error =
            queue_tree_scan(tree, directory, sample->workspace, builder_wall_now(sample->builder), sample->deadline);
        size_t length = strlen(subject);
        if (error < 0 && length + 2 < FILE_PATH_MAX) {
            subject[length] = '/';
            queue_tree_failed(tree, subject + length + 1, FILE_PATH_MAX - length - 1);
        }
        if (error < 0)
            return error;
    }
    return 0;
}

static int scan_files(struct exim_spool *spool, int directory, const struct mail_sample *sample)
{
    struct queue_tree *trees[EXIM_QUEUES];
    int error = 0;
    pace_begin(sample->pace, sample->deadline);
    for (size_t i = 0; i < spool->count && error == 0; i++) {
        trees[i] = spool->queues[i].tree;
        error = queue_tree_scan_files(trees[i], directory, sample->workspace, builder_wall_now(sample->builder),
                                      sample->pace);
    }
    pace_end(sample->pace);
    return error < 0 ? error : mail_scan_content(sample, directory, trees, spool->count);
}

static void put_row(const struct exim_queue *queue, const char *path, const char *server,
                    const struct mail_sample *sample)
{
    struct queue_totals totals;
    char directory[FILE_PATH_MAX];
    queue_tree_totals(queue->tree, builder_wall_now(sample->builder), &totals);
    (void)file_path(directory, sizeof(directory), path, queue->directory);
    struct queue_label label = {.mta = MAIL_EXIM,
                                .server = server,
                                .queue = queue->name ? queue->name : "input",
                                .directory = directory,
                                .has_set_aside = true};
    queue_row_put(sample->builder, &label, &totals);
    queue_row_put_destinations(sample->builder, &label, &totals, queue_tree_destinations(queue->tree));
}

int exim_spool_collect(struct exim_spool *spool, const char *path, const char *server, const struct mail_sample *sample,
                       char subject[FILE_PATH_MAX])
{
    (void)snprintf(subject, FILE_PATH_MAX, "%s", path);
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -errno;
    int error = find_queues(spool, directory, sample);
    if (error == 0)
        error = scan_names(spool, directory, sample, subject);
    if (error == 0)
        error = scan_files(spool, directory, sample);
    (void)close(directory);
    for (size_t i = 0; i < spool->count && error == 0; i++)
        put_row(&spool->queues[i], path, server, sample);
    return error;
}

void exim_spool_free(struct exim_spool *spool)
{
    for (size_t i = 0; i < spool->count; i++)
        queue_free(&spool->queues[i]);
    *spool = (struct exim_spool){0};
}
