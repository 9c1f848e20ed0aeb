/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/sendmail/queues.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/mail/directory.h"
#include "collectors/mail/queue_row.h"
#include "collectors/mail/servers/sendmail/envelope.h"
#include "collectors/mail/servers/sendmail/queue_id.h"

static enum arrival_method message_name(const void *context, const char *name, size_t length, int64_t *ret_arrival)
{
    (void)context;
    return sendmail_queue_id_arrival(name, length, ret_arrival);
}

/* Quarantined and lost ones have another first letter. */
static bool message_is_set_aside(int directory, const char *name)
{
    (void)directory;
    return name[0] != 'q';
}

static const struct queue_format format = {
    .name = message_name,
    .is_part = sendmail_queue_id_is_body,
    .is_set_aside = message_is_set_aside,
    .destination = sendmail_envelope_destination,
};

static void directory_free(struct sendmail_directory *directory)
{
    queue_tree_free(directory->tree);
    free(directory->name);
}

/* Keeps the directory of this name or adds it. A directory that came to be split is another one. */
static int want(struct sendmail_queue *queue, int parent, const char *name)
{
    char envelopes[NAME_MAX + 8];
    (void)snprintf(envelopes, sizeof(envelopes), "%s/qf", name);
    bool split = faccessat(parent, envelopes, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    for (size_t i = 0; i < queue->count; i++) {
        struct sendmail_directory *directory = &queue->directories[i];
        if (directory->split == split && strcmp(directory->name, name) == 0) {
            directory->seen = true;
            return 0;
        }
    }
    if (queue->count == SENDMAIL_DIRECTORIES)
        return -EOVERFLOW;
    struct sendmail_directory added = {.name = strdup(name), .split = split, .seen = true};
    int error = added.name ? queue_tree_new(&format, NULL, split ? envelopes : name, &added.tree) : -ENOMEM;
    if (error < 0) {
        free(added.name);
        return error;
    }
    if (queue->destinations)
        queue_tree_share_destinations(added.tree, queue->destinations);
    queue->directories[queue->count++] = added;
    return 0;
}

struct looking {
    struct sendmail_queue *queue;
    int parent;
    const char *prefix;
};

static int look_at(void *context, const char *name, unsigned char type)
{
    const struct looking *looking = context;
    if ((type != DT_DIR && type != DT_UNKNOWN) || strncmp(name, looking->prefix, strlen(looking->prefix)) != 0)
        return 0;
    return want(looking->queue, looking->parent, name);
}

static void drop_unseen(struct sendmail_queue *queue)
{
    for (size_t i = 0; i < queue->count;) {
        if (queue->directories[i].seen) {
            i++;
            continue;
        }
        directory_free(&queue->directories[i]);
        queue->directories[i] = queue->directories[--queue->count];
    }
}

static int find_directories(struct sendmail_queue *queue, int parent, char *pattern, const struct mail_sample *sample)
{
    char *star = strchr(pattern, '*');
    for (size_t i = 0; i < queue->count; i++)
        queue->directories[i].seen = false;
    int error;
    if (star) {
        *star = '\0';
        struct looking looking = {queue, parent, pattern};
        error = directory_read(parent, sample->workspace->buffer, sample->deadline, look_at, &looking);
    } else {
        error = want(queue, parent, pattern);
    }
    if (error == 0)
        drop_unseen(queue);
    return error;
}

static int scan_content(const struct sendmail_queue *queue, int parent, const struct mail_sample *sample)
{
    struct queue_tree *trees[SENDMAIL_DIRECTORIES];
    for (size_t i = 0; i < queue->count; i++)
        trees[i] = queue->directories[i].tree;
    return mail_scan_content(sample, parent, trees, queue->count);
}

static int scan(struct sendmail_queue *queue, int parent, const struct mail_sample *sample, char subject[FILE_PATH_MAX])
{
    int64_t now = builder_wall_now(sample->builder);
    int error = 0;
    for (size_t i = 0; i < queue->count && error == 0; i++) {
        struct queue_tree *tree = queue->directories[i].tree;
        error = queue_tree_scan(tree, parent, sample->workspace, now, sample->deadline);
        size_t length = strlen(subject);
        if (error < 0 && length + 2 < FILE_PATH_MAX) {
            subject[length] = '/';
            queue_tree_failed(tree, subject + length + 1, FILE_PATH_MAX - length - 1);
        }
    }
    pace_begin(sample->pace, sample->deadline);
    for (size_t i = 0; i < queue->count && error == 0; i++)
        error = queue_tree_scan_files(queue->directories[i].tree, parent, sample->workspace, now, sample->pace);
    pace_end(sample->pace);
    return error < 0 ? error : scan_content(queue, parent, sample);
}

static void put_row(const struct sendmail_queue *queue, const struct sendmail_place *place,
                    const struct mail_sample *sample)
{
    struct queue_totals sum = {.oldest = INT64_MAX, .files_known = true};
    struct queue_label label = {.mta = MAIL_SENDMAIL,
                                .server = place->server,
                                .queue = place->queue,
                                .directory = place->path,
                                .has_set_aside = true};
    for (size_t i = 0; i < queue->count; i++) {
        struct queue_totals totals;
        queue_tree_totals(queue->directories[i].tree, builder_wall_now(sample->builder), &totals);
        queue_totals_add(&sum, &totals);
        label.no_sizes = label.no_sizes || queue->directories[i].split;
    }
    queue_row_put(sample->builder, &label, &sum);
    queue_row_put_destinations(sample->builder, &label, &sum, queue->destinations);
}

int sendmail_queue_collect(struct sendmail_queue *queue, const struct sendmail_place *place,
                           const struct mail_sample *sample, char subject[FILE_PATH_MAX])
{
    char pattern[NAME_MAX + 1];
    const char *slash = strrchr(place->path, '/');
    if (!slash || !slash[1] || strlen(slash + 1) > NAME_MAX)
        return -EINVAL;
    if (sample->content && !queue->destinations)
        queue->destinations = calloc(1, sizeof(*queue->destinations));
    if (sample->content && !queue->destinations)
        return -ENOMEM;
    (void)snprintf(pattern, sizeof(pattern), "%s", slash + 1);
    (void)snprintf(subject, FILE_PATH_MAX, "%.*s", (int)(slash - place->path), place->path);
    int parent = open(*subject ? subject : "/", (strchr(pattern, '*') ? O_RDONLY : O_PATH) | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return -errno;
    int error = find_directories(queue, parent, pattern, sample);
    if (error == 0)
        error = scan(queue, parent, sample, subject);
    (void)close(parent);
    if (error == 0)
        put_row(queue, place, sample);
    return error;
}

void sendmail_queue_free(struct sendmail_queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        directory_free(&queue->directories[i]);
    if (queue->destinations)
        destinations_clear(queue->destinations);
    free(queue->destinations);
    *queue = (struct sendmail_queue){0};
}
