/* SPDX-License-Identifier: Apache-2.0
 * Finds the Postfix instances of this host: those of our configuration, the one where the package puts it, and those
 * that these name in multi_instance_directories. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collectors/mail/server.h"
#include "collectors/mail/servers/list.h"
#include "collectors/mail/servers/postfix/instance.h"
#include "collectors/source.h"

#define DEFAULT_DIRECTORY "/etc/postfix"
#define DEFAULT_NAME      "main"
#define INSTANCES_MAX     64u

struct postfix {
    const struct collector_paths *paths;
    const struct mail_options *options;
    struct postfix_instance *first;
    int listed_error; /* of what multi_instance_directories names: 0 or negative errno */
};

static void postfix_close(void *state)
{
    struct postfix *postfix = state;
    if (!postfix)
        return;
    while (postfix->first) {
        struct postfix_instance *instance = postfix->first;
        postfix->first = instance->next;
        postfix_instance_free(instance);
    }
    free(postfix);
}

static int postfix_open(const struct collector_paths *paths, const struct mail_options *options, void **ret_state)
{
    struct postfix *postfix = calloc(1, sizeof(*postfix));
    if (!postfix)
        return -ENOMEM;
    postfix->paths = paths;
    postfix->options = options;
    *ret_state = postfix;
    return 0;
}

static size_t trimmed_length(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return length;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Keeps the instance of this directory, or adds it at the end. */
static int want(struct postfix *postfix, const char *path, const char *name, bool listed)
{
    char directory[FILE_PATH_MAX];
    size_t length = trimmed_length(path);
    if (length >= sizeof(directory)) {
        postfix->listed_error = -ENAMETOOLONG;
        return 0;
    }
    memcpy(directory, path, length);
    directory[length] = '\0';
    size_t count = 0;
    struct postfix_instance **link = &postfix->first;
    for (; *link; link = &(*link)->next, count++) {
        if (strcmp((*link)->config_directory, directory) == 0) {
            (*link)->wanted = true;
            return 0;
        }
    }
    if (count == INSTANCES_MAX) {
        postfix->listed_error = -E2BIG;
        return 0;
    }
    bool is_default = strcmp(directory, DEFAULT_DIRECTORY) == 0;
    int error = postfix_instance_new(directory, name, is_default ? DEFAULT_NAME : base_name(directory), link);
    if (error < 0)
        return error;
    (*link)->wanted = true;
    (*link)->listed = listed;
    return 0;
}

static bool is_installed(const struct postfix *postfix)
{
    char path[FILE_PATH_MAX];
    struct stat status;
    if (file_path(path, sizeof(path), postfix->paths->rootfs, DEFAULT_DIRECTORY "/main.cf") < 0)
        return false;
    /* Hidden from us is not absent. */
    return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static int want_roots(struct postfix *postfix)
{
    const struct mail_instance_option *items = postfix->options->postfix.items;
    for (size_t i = 0; i < postfix->options->postfix.count; i++) {
        int error = want(postfix, items[i].path, items[i].name, false);
        if (error < 0)
            return error;
    }
    return postfix->options->detect && is_installed(postfix) ? want(postfix, DEFAULT_DIRECTORY, NULL, false) : 0;
}

static int want_listed(struct postfix *postfix, const struct postfix_instance *root)
{
    if (root->listed || !root->config.instance_others)
        return 0;
    char *list = strdup(root->config.instance_others);
    if (!list)
        return -ENOMEM;
    char *rest;
    int error = 0;
    for (char *path = strtok_r(list, ", \t\r\n", &rest); path && error == 0; path = strtok_r(NULL, ", \t\r\n", &rest))
        error = want(postfix, path, NULL, true);
    free(list);
    return error;
}

static void drop_unwanted(struct postfix *postfix)
{
    struct postfix_instance **link = &postfix->first;
    while (*link) {
        struct postfix_instance *instance = *link;
        if (instance->wanted) {
            link = &instance->next;
            continue;
        }
        *link = instance->next;
        postfix_instance_free(instance);
    }
}

static int discover(struct postfix *postfix)
{
    postfix->listed_error = 0;
    for (struct postfix_instance *instance = postfix->first; instance; instance = instance->next)
        instance->wanted = false;
    int error = want_roots(postfix);
    /* What is wanted on the way is added at the end, and so reached as well. */
    for (struct postfix_instance *instance = postfix->first; instance && error == 0; instance = instance->next) {
        if (!instance->wanted)
            continue;
        postfix_instance_refresh(instance, postfix->paths->rootfs);
        error = want_listed(postfix, instance);
    }
    if (error == 0)
        drop_unwanted(postfix);
    return error;
}

/* Two instances of one name would be one row: the later one goes by its directory. */
static const char *unique_name(const struct postfix *postfix, const struct postfix_instance *instance)
{
    const char *name = postfix_instance_name(instance);
    for (const struct postfix_instance *other = postfix->first; other != instance; other = other->next)
        if (strcmp(postfix_instance_name(other), name) == 0)
            return instance->config_directory;
    return name;
}

static int collect_queues(struct postfix *postfix, struct postfix_instance *instance, const char *name,
                          const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX];
    char subject[FILE_PATH_MAX];
    struct builder_mark mark = builder_mark(sample->builder);
    (void)snprintf(source, sizeof(source), "postfix:%s", name);
    int error = postfix_instance_collect(instance, postfix->paths->rootfs, name, sample, subject);
    source_report(sample->builder, &(struct source){"mail", source, subject}, mark, error);
    return error == -ENOMEM ? error : 0;
}

/* A source of its own: anybody may read the configuration, and few the queues. */
static int collect_limits(struct postfix *postfix, struct postfix_instance *instance, const char *name,
                          const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX];
    char subject[FILE_PATH_MAX] = "";
    struct builder_mark mark = builder_mark(sample->builder);
    (void)snprintf(source, sizeof(source), "postfix:%s:limits", name);
    int error = postfix_instance_collect_limits(instance, postfix->paths, name, sample->builder, subject);
    source_report(sample->builder, &(struct source){"mail", source, subject}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int collect_instance(struct postfix *postfix, struct postfix_instance *instance,
                            const struct mail_sample *sample)
{
    const char *name = unique_name(postfix, instance);
    int error = collect_queues(postfix, instance, name, sample);
    return error < 0 ? error : collect_limits(postfix, instance, name, sample);
}

static int postfix_collect(void *state, const struct mail_sample *sample)
{
    struct postfix *postfix = state;
    int error = discover(postfix);
    if (error < 0)
        return error;
    if (!postfix->first)
        return -ENODATA;
    size_t left = 0;
    for (const struct postfix_instance *instance = postfix->first; instance; instance = instance->next)
        left++;
    for (struct postfix_instance *instance = postfix->first; instance && error == 0; instance = instance->next) {
        struct mail_sample share = *sample;
        share.deadline = mail_share(sample->deadline, left--);
        error = collect_instance(postfix, instance, &share);
    }
    if (postfix->listed_error < 0)
        source_report(sample->builder, &(struct source){"mail", "postfix", "multi_instance_directories"},
                      builder_mark(sample->builder), postfix->listed_error);
    return error;
}

const struct mail_server postfix_server = {
    .open = postfix_open,
    .collect = postfix_collect,
    .close = postfix_close,
};
