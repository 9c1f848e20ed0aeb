/* SPDX-License-Identifier: Apache-2.0
 * The Sendmail instances of this host: those of our configuration, and that of /etc/mail. Each is two sources: its
 * queues (those of the groups, and of the submission program), and its limits. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "collectors/mail/process.h"
#include "collectors/mail/server_row.h"
#include "collectors/mail/servers/list.h"
#include "collectors/mail/servers/sendmail/cf.h"
#include "collectors/mail/servers/sendmail/queues.h"
#include "collectors/mail/watched_file.h"
#include "collectors/source.h"

#define DEFAULT_NAME   "main"
#define DEFAULT_CONFIG "/etc/mail/sendmail.cf"
#define SUBMIT_QUEUE   "mqueue-client"
#define SUBMIT_PATH    "/var/spool/mqueue-client"
#define CF_SIZE_MAX    4194304u
#define QUEUES         (SENDMAIL_GROUPS + 1) /* the last is that of the submission program */

struct instance {
    const struct mail_instance_option *option; /* NULL: detected */
    const char *name;
    const char *config; /* NULL: none is known */
    struct watched_file file;
    int config_error;
    struct sendmail_cf cf;
    struct sendmail_queue *queues[QUEUES];
};

struct sendmail {
    const struct collector_paths *paths;
    bool detect;
    struct instance *instances; /* the last is for the detected one */
    size_t configured;
};

static void sendmail_close(void *state)
{
    struct sendmail *sendmail = state;
    if (!sendmail)
        return;
    for (size_t i = 0; i <= sendmail->configured; i++) {
        struct instance *instance = &sendmail->instances[i];
        for (size_t j = 0; j < QUEUES; j++) {
            if (instance->queues[j])
                sendmail_queue_free(instance->queues[j]);
            free(instance->queues[j]);
        }
        sendmail_cf_free(&instance->cf);
    }
    free(sendmail->instances);
    free(sendmail);
}

static int sendmail_open(const struct collector_paths *paths, const struct mail_options *options, void **ret_state)
{
    struct sendmail *sendmail = calloc(1, sizeof(*sendmail));
    if (!sendmail)
        return -ENOMEM;
    const struct mail_instance_option *given = options->sendmail.items;
    sendmail->paths = paths;
    sendmail->detect = options->detect;
    sendmail->configured = options->sendmail.count;
    sendmail->instances = calloc(options->sendmail.count + 1, sizeof(*sendmail->instances));
    if (!sendmail->instances) {
        free(sendmail);
        return -ENOMEM;
    }
    for (size_t i = 0; i < sendmail->configured; i++) {
        sendmail->instances[i].option = &given[i];
        sendmail->instances[i].name = mail_unique_name(given, i, DEFAULT_NAME);
        sendmail->instances[i].config = given[i].config;
    }
    sendmail->instances[sendmail->configured].name = DEFAULT_NAME;
    sendmail->instances[sendmail->configured].config = DEFAULT_CONFIG;
    *ret_state = sendmail;
    return 0;
}

static bool is_detected(const struct sendmail *sendmail)
{
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < sendmail->configured; i++)
        if (strcmp(sendmail->instances[i].name, DEFAULT_NAME) == 0)
            return false;
    return sendmail->detect && file_path(path, sizeof(path), sendmail->paths->rootfs, DEFAULT_CONFIG) == 0 &&
           access(path, F_OK) == 0;
}

static int parse_config(void *context, struct text *text)
{
    struct instance *instance = context;
    struct sendmail_cf cf = {0};
    int error = sendmail_cf_parse(&cf, text);
    if (error < 0) {
        sendmail_cf_free(&cf);
        return error;
    }
    sendmail_cf_free(&instance->cf);
    instance->cf = cf;
    return 0;
}

/* The daemon writes its pid file when it starts, and when a SIGHUP makes it execute itself. */
static enum server_state state_of(const struct sendmail *sendmail, const struct instance *instance)
{
    char path[FILE_PATH_MAX];
    uint64_t pid;
    int64_t written;
    struct process_status status;
    if (!instance->cf.pid_file || file_path(path, sizeof(path), sendmail->paths->rootfs, instance->cf.pid_file) < 0 ||
        process_pid_file(path, &pid, &written) < 0 || process_look(sendmail->paths->procfs, pid, &status) < 0)
        return SERVER_STATE_UNKNOWN;
    const struct timespec *modified = &instance->file.modified;
    return times_moment(modified->tv_sec, modified->tv_nsec) > written ? SERVER_STATE_STALE : SERVER_STATE_FRESH;
}

static void put_limits(const struct sendmail *sendmail, const struct instance *instance, struct builder *builder)
{
    char directory[FILE_PATH_MAX];
    struct statvfs room;
    double block = NAN;
    limits_put(&instance->cf.limits, builder, MAIL_SENDMAIL, instance->name);
    const char *path = instance->option ? instance->option->path : instance->cf.groups[0].path;
    if (file_path(directory, sizeof(directory), sendmail->paths->rootfs, path) < 0)
        return;
    /* A pattern stands for directories below its parent. */
    if (strchr(directory, '*'))
        *strrchr(directory, '/') = '\0';
    if (statvfs(directory, &room) == 0)
        block = (double)room.f_bsize;
    server_row_put(builder, &(struct server_row){.mta = MAIL_SENDMAIL,
                                                 .server = instance->name,
                                                 .directory = directory,
                                                 .required = instance->cf.required_blocks * block,
                                                 .required_percent = NAN,
                                                 .state = state_of(sendmail, instance),
                                                 .config = instance->config});
}

static int collect_limits(const struct sendmail *sendmail, struct instance *instance, const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX], path[FILE_PATH_MAX];
    if (!instance->config)
        return 0;
    struct builder_mark mark = builder_mark(sample->builder);
    int error = file_path(path, sizeof(path), sendmail->paths->rootfs, instance->config);
    if (error == 0)
        error = watched_file_refresh(path, sizeof(path), CF_SIZE_MAX, &instance->file, parse_config, instance);
    instance->config_error = error;
    if (error == 0)
        put_limits(sendmail, instance, sample->builder);
    (void)snprintf(source, sizeof(source), "sendmail:%s:limits", instance->name);
    source_report(sample->builder, &(struct source){"mail", source, path}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int collect_queue(const struct sendmail *sendmail, struct instance *instance, size_t which,
                         const struct sendmail_group *group, const struct mail_sample *sample,
                         char subject[FILE_PATH_MAX])
{
    char path[FILE_PATH_MAX];
    int error = file_path(path, sizeof(path), sendmail->paths->rootfs, group->path);
    if (!instance->queues[which])
        instance->queues[which] = calloc(1, sizeof(**instance->queues));
    if (!instance->queues[which])
        return -ENOMEM;
    const struct sendmail_place place = {instance->name, group->name, path};
    return error < 0 ? error : sendmail_queue_collect(instance->queues[which], &place, sample, subject);
}

/* A named instance has the directory that it names; a detected one what its configuration says. */
static int collect_groups(const struct sendmail *sendmail, struct instance *instance, const struct mail_sample *sample,
                          char subject[FILE_PATH_MAX])
{
    static const struct sendmail_group submit = {SUBMIT_QUEUE, SUBMIT_PATH};
    char path[FILE_PATH_MAX];
    if (instance->option) {
        const struct sendmail_group own = {"mqueue", instance->option->path};
        return collect_queue(sendmail, instance, 0, &own, sample, subject);
    }
    if (instance->config_error < 0)
        return instance->config_error;
    int error = 0;
    for (size_t i = 0; i < instance->cf.group_count && error == 0; i++)
        error = collect_queue(sendmail, instance, i, &instance->cf.groups[i], sample, subject);
    if (error == 0 && file_path(path, sizeof(path), sendmail->paths->rootfs, SUBMIT_PATH) == 0 &&
        access(path, F_OK) == 0)
        error = collect_queue(sendmail, instance, QUEUES - 1, &submit, sample, subject);
    return error;
}

static int collect_queues(const struct sendmail *sendmail, struct instance *instance, const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX], subject[FILE_PATH_MAX] = "";
    struct builder_mark mark = builder_mark(sample->builder);
    int error = collect_groups(sendmail, instance, sample, subject);
    (void)snprintf(source, sizeof(source), "sendmail:%s", instance->name);
    source_report(sample->builder, &(struct source){"mail", source, *subject ? subject : instance->config}, mark,
                  error);
    return error == -ENOMEM ? error : 0;
}

static int sendmail_collect(void *state, const struct mail_sample *sample)
{
    struct sendmail *sendmail = state;
    size_t count = sendmail->configured + is_detected(sendmail);
    int error = count > 0 ? 0 : -ENODATA;
    for (size_t i = 0; i < count && error == 0; i++) {
        struct mail_sample share = *sample;
        share.deadline = mail_share(sample->deadline, count - i);
        error = collect_limits(sendmail, &sendmail->instances[i], &share);
        if (error == 0)
            error = collect_queues(sendmail, &sendmail->instances[i], &share);
    }
    return error;
}

const struct mail_server sendmail_server = {
    .open = sendmail_open,
    .collect = sendmail_collect,
    .close = sendmail_close,
};
