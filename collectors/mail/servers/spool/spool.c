/* SPDX-License-Identifier: Apache-2.0
 * Directories in which each file is a message: pickup and drop directories, the spool of an application, and queues of
 * servers that have no reader of their own here. Nothing but the modification time tells when a message arrived. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "collectors/mail/queue_row.h"
#include "collectors/mail/server_row.h"
#include "collectors/mail/servers/list.h"
#include "collectors/mail/spool_kinds.h"
#include "collectors/source.h"

struct spool {
    const struct mail_instance_option *option;
    const char *label; /* unique among the spools */
    struct queue_tree *trees[SPOOL_QUEUES];
    bool missing[SPOOL_QUEUES];
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

/* qmail's messages are numbers, in directories of one or two digits; they are written once. */
static enum arrival_method number_name(const void *context, const char *name, size_t length, int64_t *ret_arrival)
{
    (void)context;
    (void)ret_arrival;
    return length > 0 && strspn(name, "0123456789") == length ? ARRIVAL_UNKNOWN : ARRIVAL_GONE;
}

static const struct queue_format plain_format = {.name = message_name, .file = message_file, .files_change = true};
static const struct queue_format qmail_format = {
    .name = number_name, .file = message_file, .lasting_arrivals = true, .subdirectory = 2};

static const struct queue_format *format_of(const struct spool *spool)
{
    return spool->option->kind == MAIL_SPOOL_QMAIL ? &qmail_format : &plain_format;
}

static void spool_free(struct spool *spool)
{
    for (size_t i = 0; i < SPOOL_QUEUES; i++)
        queue_tree_free(spool->trees[i]);
}

static int spool_init(struct spool *spool)
{
    int error = 0;
    for (size_t i = 0; i < SPOOL_QUEUES && spool_kinds[spool->option->kind][i].directory && error == 0; i++)
        error = queue_tree_new(format_of(spool), spool->option, spool_kinds[spool->option->kind][i].directory,
                               &spool->trees[i]);
    if (error < 0)
        spool_free(spool);
    return error;
}

static void spool_close(void *state)
{
    struct spools *spools = state;
    if (!spools)
        return;
    for (size_t i = 0; i < spools->count; i++)
        spool_free(&spools->items[i]);
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
        error = spool_init(&spool);
        if (error == 0)
            spools->items[spools->count++] = spool;
    }
    if (error < 0)
        spool_close(spools);
    else
        *ret_state = spools;
    return error;
}

static int scan_names(struct spool *spool, int directory, const struct mail_sample *sample)
{
    int error = 0;
    for (size_t i = 0; i < SPOOL_QUEUES && spool->trees[i] && error == 0; i++) {
        error = queue_tree_scan(spool->trees[i], directory, sample->workspace, builder_wall_now(sample->builder),
                                sample->deadline);
        spool->missing[i] = i > 0 && error == -ENOENT;
        if (spool->missing[i])
            error = 0;
    }
    return error;
}

static int scan(struct spool *spool, int directory, const struct mail_sample *sample)
{
    int error = scan_names(spool, directory, sample);
    pace_begin(sample->pace, sample->deadline);
    for (size_t i = 0; i < SPOOL_QUEUES && spool->trees[i] && error == 0; i++)
        if (!spool->missing[i])
            error = queue_tree_scan_files(spool->trees[i], directory, sample->workspace,
                                          builder_wall_now(sample->builder), sample->pace);
    pace_end(sample->pace);
    return error;
}

static void put_rows(const struct spool *spool, const char *path, struct builder *builder)
{
    for (size_t i = 0; i < SPOOL_QUEUES && spool->trees[i]; i++) {
        struct queue_totals totals;
        if (spool->missing[i])
            continue;
        queue_tree_totals(spool->trees[i], builder_wall_now(builder), &totals);
        struct queue_label label = {.mta = MAIL_SPOOL,
                                    .server = spool->label,
                                    .queue = spool_kinds[spool->option->kind][i].queue,
                                    .directory = spool->option->path};
        queue_row_put(builder, &label, &totals);
    }
    server_row_put(
        builder,
        &(struct server_row){
            .mta = MAIL_SPOOL, .server = spool->label, .directory = path, .required = NAN, .required_percent = NAN});
}

static int collect_spool(struct spool *spool, const char *path, const struct mail_sample *sample)
{
    int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -errno;
    int error = scan(spool, directory, sample);
    (void)close(directory);
    if (error == 0)
        put_rows(spool, path, sample->builder);
    return error;
}

static int collect_source(const struct spools *spools, struct spool *spool, const struct mail_sample *sample)
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
