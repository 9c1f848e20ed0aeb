/* SPDX-License-Identifier: Apache-2.0
 * The OpenSMTPD instances of this host: those of our configuration, and the one where the package puts it. A message is
 * a directory with eight hexadecimal digits for a name, below one of two; the file `message` in it never changes. */
#include <errno.h>
#include <fcntl.h>
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
#include "collectors/mail/servers/opensmtpd/conf.h"
#include "collectors/mail/servers/opensmtpd/envelope.h"
#include "collectors/mail/watched_file.h"
#include "collectors/source.h"

#define DEFAULT_NAME   "main"
#define DEFAULT_SPOOL  "/var/spool/smtpd"
#define DEFAULT_CONFIG "/etc/smtpd.conf"
#define CONTROL_SOCKET "/run/smtpd.sock" /* made when the daemon starts */
#define CONF_SIZE_MAX  1048576u
#define ID_LENGTH      8u
#define QUEUES         4u
#define REQUIRED       5.0 /* per cent of the file system (MINSPACE of queue_fs.c) */

struct instance {
    const struct mail_instance_option *option; /* NULL: detected */
    const char *name;
    const char *spool;
    const char *config; /* NULL: none is known */
    struct watched_file file;
    struct limits limits;
    struct queue_tree *queues[QUEUES];
    bool missing[QUEUES];
};

struct opensmtpd {
    const struct collector_paths *paths;
    bool detect;
    struct instance *instances; /* the last is for the detected one */
    size_t configured;
};

static enum arrival_method message_name(const void *context, const char *name, size_t length, int64_t *ret_arrival)
{
    (void)context;
    (void)ret_arrival;
    return length == ID_LENGTH && strspn(name, "0123456789abcdef") == ID_LENGTH ? ARRIVAL_UNKNOWN : ARRIVAL_GONE;
}

static enum arrival_method file_time(int directory, const char *path, int64_t *ret_arrival)
{
    struct stat status;
    if (fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT || errno == ENOTDIR ? ARRIVAL_GONE : ARRIVAL_UNKNOWN;
    *ret_arrival = times_moment(status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    return ARRIVAL_FILE_TIME;
}

static enum arrival_method message_file(int directory, const char *name, int64_t *ret_arrival)
{
    char path[ID_LENGTH + sizeof("/message")];
    (void)snprintf(path, sizeof(path), "%.8s/message", name);
    return file_time(directory, path, ret_arrival);
}

/* What was handed in while the daemon did not run: one file a message. */
static enum arrival_method offline_name(const void *context, const char *name, size_t length, int64_t *ret_arrival)
{
    (void)context;
    (void)name;
    (void)length;
    (void)ret_arrival;
    return ARRIVAL_UNKNOWN;
}

static const struct queue_format sorted_format = {.name = message_name,
                                                  .file = message_file,
                                                  .destination = opensmtpd_envelope_destination,
                                                  .lasting_arrivals = true,
                                                  .subdirectory = 2,
                                                  .content = "message"};
static const struct queue_format corrupt_format = {
    .name = message_name, .file = message_file, .lasting_arrivals = true, .subdirectory = 2, .content = "message"};
static const struct queue_format offline_format = {.name = offline_name, .file = file_time, .lasting_arrivals = true};

/* optional: made when the first message comes to it. */
static const struct {
    const char *name;
    const struct queue_format *format;
    bool optional;
} queues[QUEUES] = {{"offline", &offline_format, true},
                    {"incoming", &sorted_format, false},
                    {"queue", &sorted_format, false},
                    {"corrupt", &corrupt_format, true}};

static void opensmtpd_close(void *state)
{
    struct opensmtpd *opensmtpd = state;
    if (!opensmtpd)
        return;
    for (size_t i = 0; i <= opensmtpd->configured; i++) {
        for (size_t j = 0; j < QUEUES; j++)
            queue_tree_free(opensmtpd->instances[i].queues[j]);
        limits_free(&opensmtpd->instances[i].limits);
    }
    free(opensmtpd->instances);
    free(opensmtpd);
}

static int instance_init(struct instance *instance)
{
    int error = 0;
    for (size_t i = 0; i < QUEUES && error == 0; i++)
        error = queue_tree_new(queues[i].format, NULL, queues[i].name, &instance->queues[i]);
    return error;
}

static int opensmtpd_open(const struct collector_paths *paths, const struct mail_options *options, void **ret_state)
{
    struct opensmtpd *opensmtpd = calloc(1, sizeof(*opensmtpd));
    if (!opensmtpd)
        return -ENOMEM;
    const struct mail_instance_option *given = options->opensmtpd.items;
    opensmtpd->paths = paths;
    opensmtpd->detect = options->detect;
    opensmtpd->configured = options->opensmtpd.count;
    opensmtpd->instances = calloc(options->opensmtpd.count + 1, sizeof(*opensmtpd->instances));
    if (!opensmtpd->instances) {
        free(opensmtpd);
        return -ENOMEM;
    }
    int error = 0;
    for (size_t i = 0; i <= opensmtpd->configured && error == 0; i++) {
        bool named = i < opensmtpd->configured;
        opensmtpd->instances[i] =
            (struct instance){.option = named ? &given[i] : NULL,
                              .name = named ? mail_unique_name(given, i, DEFAULT_NAME) : DEFAULT_NAME,
                              .spool = named ? given[i].path : DEFAULT_SPOOL,
                              .config = named ? given[i].config : DEFAULT_CONFIG};
        error = instance_init(&opensmtpd->instances[i]);
    }
    if (error < 0)
        opensmtpd_close(opensmtpd);
    else
        *ret_state = opensmtpd;
    return error;
}

static bool is_detected(const struct opensmtpd *opensmtpd)
{
    char path[FILE_PATH_MAX];
    for (size_t i = 0; i < opensmtpd->configured; i++)
        if (strcmp(opensmtpd->instances[i].name, DEFAULT_NAME) == 0 ||
            strcmp(opensmtpd->instances[i].spool, DEFAULT_SPOOL) == 0)
            return false;
    return opensmtpd->detect && file_path(path, sizeof(path), opensmtpd->paths->rootfs, DEFAULT_SPOOL) == 0 &&
           access(path, F_OK) == 0;
}

static int parse_config(void *context, struct text *text)
{
    struct instance *instance = context;
    struct limits limits = LIMITS_EMPTY;
    int error = opensmtpd_conf_parse(&limits, text);
    if (error < 0) {
        limits_free(&limits);
        return error;
    }
    limits_free(&instance->limits);
    instance->limits = limits;
    return 0;
}

static enum server_state state_of(const struct opensmtpd *opensmtpd, const struct instance *instance)
{
    char path[FILE_PATH_MAX];
    struct watched_file control;
    if (instance->option || file_path(path, sizeof(path), opensmtpd->paths->rootfs, CONTROL_SOCKET) < 0 ||
        watched_file_look(path, &control) < 0)
        return SERVER_STATE_UNKNOWN;
    const struct timespec *config = &instance->file.modified, *start = &control.modified;
    bool newer =
        config->tv_sec > start->tv_sec || (config->tv_sec == start->tv_sec && config->tv_nsec > start->tv_nsec);
    return newer ? SERVER_STATE_STALE : SERVER_STATE_FRESH;
}

static int collect_limits(const struct opensmtpd *opensmtpd, struct instance *instance,
                          const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX], path[FILE_PATH_MAX], spool[FILE_PATH_MAX];
    if (!instance->config)
        return 0;
    struct builder_mark mark = builder_mark(sample->builder);
    int error = file_path(path, sizeof(path), opensmtpd->paths->rootfs, instance->config);
    if (error == 0)
        error = watched_file_refresh(path, sizeof(path), CONF_SIZE_MAX, &instance->file, parse_config, instance);
    if (error == 0)
        error = file_path(spool, sizeof(spool), opensmtpd->paths->rootfs, instance->spool);
    if (error == 0) {
        limits_put(&instance->limits, sample->builder, MAIL_OPENSMTPD, instance->name);
        server_row_put(sample->builder, &(struct server_row){.mta = MAIL_OPENSMTPD,
                                                             .server = instance->name,
                                                             .directory = spool,
                                                             .required = NAN,
                                                             .required_percent = REQUIRED,
                                                             .state = state_of(opensmtpd, instance),
                                                             .config = instance->config});
    }
    (void)snprintf(source, sizeof(source), "opensmtpd:%s:limits", instance->name);
    source_report(sample->builder, &(struct source){"mail", source, path}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int scan(struct instance *instance, int directory, const struct mail_sample *sample, char subject[FILE_PATH_MAX])
{
    int64_t now = builder_wall_now(sample->builder);
    int error = 0;
    for (size_t i = 0; i < QUEUES && error == 0; i++) {
        error = queue_tree_scan(instance->queues[i], directory, sample->workspace, now, sample->deadline);
        instance->missing[i] = error == -ENOENT && queues[i].optional;
        if (instance->missing[i])
            error = 0;
        size_t length = strlen(subject);
        if (error < 0 && length + 2 < FILE_PATH_MAX) {
            subject[length] = '/';
            queue_tree_failed(instance->queues[i], subject + length + 1, FILE_PATH_MAX - length - 1);
        }
    }
    pace_begin(sample->pace, sample->deadline);
    for (size_t i = 0; i < QUEUES && error == 0; i++)
        error = queue_tree_scan_files(instance->queues[i], directory, sample->workspace, now, sample->pace);
    pace_end(sample->pace);
    return error < 0 ? error : mail_scan_content(sample, directory, instance->queues, QUEUES);
}

static void put_rows(const struct instance *instance, const struct mail_sample *sample)
{
    for (size_t i = 0; i < QUEUES; i++) {
        struct queue_totals totals;
        char directory[FILE_PATH_MAX];
        if (instance->missing[i])
            continue;
        queue_tree_totals(instance->queues[i], builder_wall_now(sample->builder), &totals);
        (void)file_path(directory, sizeof(directory), instance->spool, queues[i].name);
        const struct queue_label label = {
            .mta = MAIL_OPENSMTPD, .server = instance->name, .queue = queues[i].name, .directory = directory};
        queue_row_put(sample->builder, &label, &totals);
        queue_row_put_destinations(sample->builder, &label, &totals, queue_tree_destinations(instance->queues[i]));
    }
}

static int collect_queues(const struct opensmtpd *opensmtpd, struct instance *instance,
                          const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX], subject[FILE_PATH_MAX];
    struct builder_mark mark = builder_mark(sample->builder);
    int error = file_path(subject, sizeof(subject), opensmtpd->paths->rootfs, instance->spool);
    int directory = error < 0 ? error : open(subject, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (error == 0 && directory < 0)
        error = -errno;
    if (error == 0) {
        error = scan(instance, directory, sample, subject);
        (void)close(directory);
    }
    if (error == 0)
        put_rows(instance, sample);
    (void)snprintf(source, sizeof(source), "opensmtpd:%s", instance->name);
    source_report(sample->builder, &(struct source){"mail", source, subject}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int opensmtpd_collect(void *state, const struct mail_sample *sample)
{
    struct opensmtpd *opensmtpd = state;
    size_t count = opensmtpd->configured + is_detected(opensmtpd);
    int error = count > 0 ? 0 : -ENODATA;
    for (size_t i = 0; i < count && error == 0; i++) {
        struct mail_sample share = *sample;
        share.deadline = mail_share(sample->deadline, count - i);
        error = collect_limits(opensmtpd, &opensmtpd->instances[i], &share);
        if (error == 0)
            error = collect_queues(opensmtpd, &opensmtpd->instances[i], &share);
    }
    return error;
}

const struct mail_server opensmtpd_server = {
    .open = opensmtpd_open,
    .collect = opensmtpd_collect,
    .close = opensmtpd_close,
};
