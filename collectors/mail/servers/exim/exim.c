/* SPDX-License-Identifier: Apache-2.0
 * The Exim instances of this host: those of our configuration, and the one where a package puts it. Each is two
 * sources: its queues, and its limits, which Exim itself must tell. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/mail/servers/exim/spool.h"
#include "collectors/mail/servers/exim/tool.h"
#include "collectors/mail/servers/list.h"
#include "collectors/source.h"

#define DEFAULT_NAME "main"

static const char *const default_spools[] = {"/var/spool/exim4", "/var/spool/exim"};
static const char *const default_programs[] = {"/usr/sbin/exim4", "/usr/sbin/exim", "/usr/exim/bin/exim"};

struct exim_instance {
    const struct mail_instance_option *option; /* NULL: detected */
    const char *name;
    const char *directory; /* of the spool, below the root of all paths */
    struct exim_spool spool;
    struct exim_tool tool;
};

struct exim {
    const struct collector_paths *paths;
    bool detect;
    struct exim_instance *instances; /* the last is for the detected one */
    size_t configured;
};

static void exim_close(void *state)
{
    struct exim *exim = state;
    if (!exim)
        return;
    for (size_t i = 0; i <= exim->configured; i++) {
        exim_spool_free(&exim->instances[i].spool);
        exim_tool_free(&exim->instances[i].tool);
    }
    free(exim->instances);
    free(exim);
}

static int exim_open(const struct collector_paths *paths, const struct mail_options *options, void **ret_state)
{
    struct exim *exim = calloc(1, sizeof(*exim));
    if (!exim)
        return -ENOMEM;
    const struct mail_instance_option *given = options->exim.items;
    exim->paths = paths;
    exim->detect = options->detect;
    exim->instances = calloc(options->exim.count + 1, sizeof(*exim->instances));
    if (!exim->instances) {
        free(exim);
        return -ENOMEM;
    }
    exim->configured = options->exim.count;
    for (size_t i = 0; i <= exim->configured; i++)
        exim->instances[i].tool = EXIM_TOOL_EMPTY;
    for (size_t i = 0; i < exim->configured; i++) {
        exim->instances[i].option = &given[i];
        exim->instances[i].name = mail_unique_name(given, i, DEFAULT_NAME);
        exim->instances[i].directory = given[i].path;
    }
    *ret_state = exim;
    return 0;
}

static bool is_configured(const struct exim *exim, const char *directory)
{
    for (size_t i = 0; i < exim->configured; i++)
        if (strcmp(exim->instances[i].directory, directory) == 0 || strcmp(exim->instances[i].name, DEFAULT_NAME) == 0)
            return true;
    return false;
}

/* Looks for the spool of a package. Whether it is there. */
static bool detect(struct exim *exim)
{
    struct exim_instance *instance = &exim->instances[exim->configured];
    char path[FILE_PATH_MAX];
    instance->name = DEFAULT_NAME;
    instance->directory = NULL;
    for (size_t i = 0; i < sizeof(default_spools) / sizeof(default_spools[0]) && exim->detect; i++)
        if (!is_configured(exim, default_spools[i]) && !instance->directory &&
            file_path(path, sizeof(path), exim->paths->rootfs, default_spools[i]) == 0 && access(path, F_OK) == 0)
            instance->directory = default_spools[i];
    /* Its configuration may say otherwise. */
    if (instance->directory && instance->tool.known)
        instance->directory = instance->tool.settings.spool_directory;
    return instance->directory != NULL;
}

/* The program that can be asked; NULL where there is none. One below another root is not run. */
static const char *find_program(const struct exim *exim, const struct exim_instance *instance)
{
    if (strcmp(exim->paths->rootfs, "/") != 0 && *exim->paths->rootfs)
        return NULL;
    if (instance->option && instance->option->program)
        return instance->option->program;
    for (size_t i = 0; i < sizeof(default_programs) / sizeof(default_programs[0]); i++)
        if (access(default_programs[i], X_OK) == 0)
            return default_programs[i];
    return NULL;
}

static void put_limits(const struct exim *exim, struct exim_instance *instance, struct builder *builder)
{
    const struct exim_settings *settings = &instance->tool.settings;
    limits_put(&settings->limits, builder, MAIL_EXIM, instance->name);
    server_row_put(builder, &(struct server_row){.mta = MAIL_EXIM,
                                                 .server = instance->name,
                                                 .directory = settings->spool_directory,
                                                 .required = settings->required_bytes,
                                                 .required_percent = NAN,
                                                 .state = exim_tool_state(&instance->tool, exim->paths->procfs,
                                                                          builder_wall_now(builder)),
                                                 .config = settings->configure_file});
}

static int collect_limits(const struct exim *exim, struct exim_instance *instance, const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX];
    const char *program = find_program(exim, instance);
    if (!program)
        return 0;
    struct builder_mark mark = builder_mark(sample->builder);
    int error = exim_tool_refresh(&instance->tool, program, instance->option ? instance->option->config : NULL,
                                  sample->deadline);
    if (error == -EAGAIN)
        return 0; /* the next sample will tell */
    /* The settings of another Exim than the one whose spool this is are not shown as its own. */
    if (error == 0 && instance->option && strcmp(instance->tool.settings.spool_directory, instance->directory) != 0)
        return 0;
    if (error == 0)
        put_limits(exim, instance, sample->builder);
    (void)snprintf(source, sizeof(source), "exim:%s:limits", instance->name);
    source_report(sample->builder, &(struct source){"mail", source, program}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int collect_queues(const struct exim *exim, struct exim_instance *instance, const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX], path[FILE_PATH_MAX], subject[FILE_PATH_MAX] = "";
    struct builder_mark mark = builder_mark(sample->builder);
    int error = file_path(path, sizeof(path), exim->paths->rootfs, instance->directory);
    if (error == 0)
        error = exim_spool_collect(&instance->spool, path, instance->name, sample, subject);
    (void)snprintf(source, sizeof(source), "exim:%s", instance->name);
    source_report(sample->builder, &(struct source){"mail", source, subject}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int exim_collect(void *state, const struct mail_sample *sample)
{
    struct exim *exim = state;
    size_t count = exim->configured + detect(exim);
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++) {
        struct mail_sample share = *sample;
        share.deadline = mail_share(sample->deadline, count - i);
        error = collect_limits(exim, &exim->instances[i], &share);
        /* What was just learnt may have moved the detected spool. */
        if (i == exim->configured)
            (void)detect(exim);
        if (error == 0)
            error = collect_queues(exim, &exim->instances[i], &share);
    }
    if (error < 0)
        return error;
    return count > 0 ? 0 : -ENODATA;
}

const struct mail_server exim_server = {
    .open = exim_open,
    .collect = exim_collect,
    .close = exim_close,
};
