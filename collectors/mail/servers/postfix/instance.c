/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/mail/queue_row.h"
#include "collectors/mail/servers/postfix/queue_file.h"
#include "collectors/mail/servers/postfix/queue_id.h"
#include "collectors/mail/servers/postfix/running.h"

static enum arrival_method message_name(const void *context, const char *name, size_t length, int64_t *ret_arrival)
{
    (void)context;
    return queue_id_arrival(name, length, ret_arrival);
}

static const struct queue_format plain_queue = {
    .name = message_name,
    .file = queue_file_arrival,
    .lasting_arrivals = true,
    .subdirectory = 1,
};

static const struct queue_format recipient_queue = {
    .name = message_name,
    .file = queue_file_arrival,
    .destination = queue_file_destination,
    .lasting_arrivals = true,
    .subdirectory = 1,
};

static const struct queue_format deferred_queue = {
    .name = message_name,
    .file = queue_file_arrival,
    .destination = queue_file_destination,
    .attempts = "defer",
    .lasting_arrivals = true,
    .subdirectory = 1,
    .retry_times = true,
};

/* In the order in which a message passes them: one that moves on meanwhile is seen twice rather than missed. */
static const struct {
    const char *name;
    const struct queue_format *format;
} queues[POSTFIX_QUEUES] = {
    {"maildrop", &plain_queue},    {"incoming", &recipient_queue}, {"active", &recipient_queue},
    {"deferred", &deferred_queue}, {"hold", &recipient_queue},     {"corrupt", &plain_queue},
};

int postfix_instance_new(const char *config_directory, const char *name, const char *fallback_name,
                         struct postfix_instance **ret_instance)
{
    struct postfix_instance *instance = calloc(1, sizeof(*instance));
    if (!instance)
        return -ENOMEM;
    instance->config_directory = strdup(config_directory);
    instance->name = name ? strdup(name) : NULL;
    instance->fallback_name = strdup(fallback_name);
    int error = instance->config_directory && instance->fallback_name && (instance->name || !name) ? 0 : -ENOMEM;
    for (size_t i = 0; i < POSTFIX_QUEUES && error == 0; i++)
        error = queue_tree_new(queues[i].format, NULL, queues[i].name, &instance->queues[i]);
    if (error < 0)
        postfix_instance_free(instance);
    else
        *ret_instance = instance;
    return error;
}

void postfix_instance_free(struct postfix_instance *instance)
{
    if (!instance)
        return;
    for (size_t i = 0; i < POSTFIX_QUEUES; i++)
        queue_tree_free(instance->queues[i]);
    postfix_config_free(&instance->config);
    postfix_limits_free(&instance->limits);
    free(instance->config_directory);
    free(instance->name);
    free(instance->fallback_name);
    free(instance);
}

void postfix_instance_refresh(struct postfix_instance *instance, const char *root)
{
    char path[FILE_PATH_MAX];
    int error = file_path_format(path, sizeof(path), root, "%s/main.cf", instance->config_directory);
    if (error == 0)
        error = postfix_config_refresh(&instance->config, path, instance->config_directory);
    instance->config_error = error;
}

const char *postfix_instance_name(const struct postfix_instance *instance)
{
    if (instance->name)
        return instance->name;
    const char *own = instance->config.instance_name;
    return own && *own ? own : instance->fallback_name;
}

/* Appends a path below the queue directory to subject. */
static void add_subject(char subject[FILE_PATH_MAX], const struct queue_tree *queue)
{
    size_t length = strlen(subject);
    if (length + 2 > FILE_PATH_MAX)
        return;
    subject[length] = '/';
    queue_tree_failed(queue, subject + length + 1, FILE_PATH_MAX - length - 1);
}

static int scan(struct postfix_instance *instance, int directory, const struct mail_sample *sample,
                char subject[FILE_PATH_MAX])
{
    int64_t now = builder_wall_now(sample->builder);
    struct queue_tree *late_first[POSTFIX_QUEUES];
    for (size_t i = 0; i < POSTFIX_QUEUES; i++) {
        late_first[POSTFIX_QUEUES - 1 - i] = instance->queues[i];
        int error = queue_tree_scan(instance->queues[i], directory, sample->workspace, now, sample->deadline);
        if (error < 0) {
            add_subject(subject, instance->queues[i]);
            return error;
        }
    }
    int error = 0;
    pace_begin(sample->pace, sample->deadline);
    for (size_t i = 0; i < POSTFIX_QUEUES && error == 0; i++)
        error = queue_tree_scan_files(instance->queues[i], directory, sample->workspace, now, sample->pace);
    pace_end(sample->pace);
    /* What waits is of more use than what is on its way, and fast. */
    return error < 0 ? error : mail_scan_content(sample, directory, late_first, POSTFIX_QUEUES);
}

static void put_rows(const struct postfix_instance *instance, const char *server, const struct mail_sample *sample)
{
    for (size_t i = 0; i < POSTFIX_QUEUES; i++) {
        struct queue_totals totals;
        queue_tree_totals(instance->queues[i], builder_wall_now(sample->builder), &totals);
        char directory[FILE_PATH_MAX];
        (void)file_path(directory, sizeof(directory), instance->config.queue_directory, queues[i].name);
        struct queue_label label = {.mta = MAIL_POSTFIX,
                                    .server = server,
                                    .queue = queues[i].name,
                                    .directory = directory,
                                    .has_due = queues[i].format->retry_times};
        queue_row_put(sample->builder, &label, &totals);
        queue_row_put_destinations(sample->builder, &label, &totals, queue_tree_destinations(instance->queues[i]));
    }
}

/* Tells of main.cf, and of the parameter in it that makes no sense. */
static void name_main_cf(const struct postfix_instance *instance, const char *root, char subject[FILE_PATH_MAX])
{
    const char *failed = instance->config.failed;
    if (file_path_format(subject, FILE_PATH_MAX, root, "%s/main.cf", instance->config_directory) < 0)
        subject[0] = '\0';
    size_t length = strlen(subject);
    if (failed)
        (void)snprintf(subject + length, FILE_PATH_MAX - length, ", %s", failed);
    else
        watched_file_explain(subject, FILE_PATH_MAX);
}

/* Postfix makes its queues when it first starts, and this file with them. */
static bool has_never_run(const struct postfix_instance *instance, int directory)
{
    return !instance->read && faccessat(directory, "pid/master.pid", F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
           (errno == ENOENT || errno == ENOTDIR);
}

int postfix_instance_collect(struct postfix_instance *instance, const char *root, const char *server,
                             const struct mail_sample *sample, char subject[FILE_PATH_MAX])
{
    if (instance->config_error < 0) {
        name_main_cf(instance, root, subject);
        return instance->config_error;
    }
    int error = file_path(subject, FILE_PATH_MAX, root, instance->config.queue_directory);
    if (error < 0)
        return error;
    int directory = open(subject, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -errno;
    error = scan(instance, directory, sample, subject);
    if (error == -ENOENT && has_never_run(instance, directory))
        error = -ENODATA;
    (void)close(directory);
    if (error == 0) {
        instance->read = true;
        put_rows(instance, server, sample);
    }
    return error;
}

int postfix_instance_collect_limits(struct postfix_instance *instance, const struct collector_paths *paths,
                                    const char *server, struct builder *builder, char subject[FILE_PATH_MAX])
{
    int error = postfix_limits_refresh(&instance->limits, paths->rootfs, instance->config_directory, subject);
    if (error < 0)
        return error;
    char directory[FILE_PATH_MAX], config[FILE_PATH_MAX];
    (void)file_path(config, sizeof(config), instance->config_directory, "main.cf");
    struct server_row row = {.mta = MAIL_POSTFIX,
                             .server = server,
                             .required = instance->limits.required_bytes,
                             .required_percent = NAN,
                             .config = config};
    limits_put(&instance->limits.limits, builder, MAIL_POSTFIX, server);
    if (instance->config_error == 0 &&
        file_path(directory, sizeof(directory), paths->rootfs, instance->config.queue_directory) == 0) {
        row.directory = directory;
        row.state = postfix_running_state(paths->procfs, directory, postfix_limits_changed(&instance->limits));
    }
    server_row_put(builder, &row);
    return 0;
}
