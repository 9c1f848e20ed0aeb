/* SPDX-License-Identifier: Apache-2.0
 * Plain directories in which each file is a message: pickup and drop directories, and queues of servers that nobody
 * wrote a reader for. Nothing but the modification time tells when a message arrived. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "collectors/mail/queue_row.h"
#include "collectors/mail/servers/list.h"
#include "collectors/source.h"

struct spool {
    const struct mail_instance_option *option;
    const char *label; /* unique among the spools */
    struct queue_tree *tree;
};

struct spools {
    const struct collector_paths *paths;
    struct spool *items;
    size_t count;
};

static enum arrival_method message_name(const void *context, const char *name, size_t length, int64_t *ret_arrival)
{
    const struct mail_instance_option *option = context;
    (void)length;
    (void)ret_arrival;
    return fnmatch(option->include, name, 0) == 0 ? ARRIVAL_UNKNOWN : ARRIVAL_GONE;
}

static enum arrival_method message_file(int directory, const char *name, int64_t *ret_arrival)
{
    struct stat status;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? ARRIVAL_GONE : ARRIVAL_UNKNOWN;
    *ret_arrival = times_moment(status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    return ARRIVAL_FILE_TIME;
}

static const struct queue_format spool_format = {
    .name = message_name,
    .file = message_file,
    .files_change = true,
};

static void spool_close(void *state)
{
    struct spools *spools = state;
    if (!spools)
        return;
    for (size_t i = 0; i < spools->count; i++)
        queue_tree_free(spools->items[i].tree);
    free(spools->items);
    free(spools);
}

/* Two spools of one name would be one row: the later one goes by its path. */
static const char *unique_label(const struct spools *spools, const struct mail_instance_option *option)
{
    const char *name = option->name ? option->name : option->path;
    for (size_t i = 0; i < spools->count; i++)
        if (strcmp(spools->items[i].label, name) == 0)
            return option->path;
    return name;
}

static int spool_open(const struct collector_paths *paths, const struct mail_options *options, void **ret_state)
{
    struct spools *spools = calloc(1, sizeof(*spools));
    if (!spools)
        return -ENOMEM;
    spools->paths = paths;
    spools->items = calloc(options->spool.count + 1, sizeof(*spools->items));
    int error = spools->items ? 0 : -ENOMEM;
    const struct mail_instance_option *given = options->spool.items;
    for (size_t i = 0; i < options->spool.count && error == 0; i++) {
        struct spool spool = {.option = &given[i], .label = unique_label(spools, &given[i])};
        error = queue_tree_new(&spool_format, spool.option, ".", &spool.tree);
        if (error == 0)
            spools->items[spools->count++] = spool;
    }
    if (error < 0)
        spool_close(spools);
    else
        *ret_state = spools;
    return error;
}

static int scan(const struct spool *spool, int directory, const struct mail_sample *sample)
{
    int64_t now = builder_wall_now(sample->builder);
    int error = queue_tree_scan(spool->tree, directory, sample->workspace, now, sample->deadline);
    if (error < 0)
        return error;
    pace_begin(sample->pace, sample->deadline);
    error = queue_tree_scan_files(spool->tree, directory, sample->workspace, now, sample->pace);
    pace_end(sample->pace);
    return error;
}

static int collect_spool(const struct spool *spool, const char *path, const struct mail_sample *sample)
{
    int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -errno;
    int error = scan(spool, directory, sample);
    (void)close(directory);
    if (error < 0)
        return error;
    struct queue_totals totals;
    queue_tree_totals(spool->tree, builder_wall_now(sample->builder), &totals);
    struct queue_label label = {
        .mta = MAIL_SPOOL, .server = spool->label, .queue = "spool", .directory = spool->option->path};
    queue_row_put(sample->builder, &label, &totals);
    return 0;
}

static int collect_source(const struct spools *spools, const struct spool *spool, const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX];
    char path[FILE_PATH_MAX];
    (void)snprintf(source, sizeof(source), "spool:%s", spool->label);
    struct builder_mark mark = builder_mark(sample->builder);
    int error = file_path(path, sizeof(path), spools->paths->rootfs, spool->option->path);
    if (error == 0)
        error = collect_spool(spool, path, sample);
    source_report(sample->builder, &(struct source){"mail", source, path}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int spool_collect(void *state, const struct mail_sample *sample)
{
    struct spools *spools = state;
    if (spools->count == 0)
        return -ENODATA;
    int error = 0;
    for (size_t i = 0; i < spools->count && error == 0; i++) {
        struct mail_sample share = *sample;
        share.deadline = mail_share(sample->deadline, spools->count - i);
        error = collect_source(spools, &spools->items[i], &share);
    }
    return error;
}

const struct mail_server spool_server = {
    .open = spool_open,
    .collect = spool_collect,
    .close = spool_close,
};
