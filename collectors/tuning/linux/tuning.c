/* SPDX-License-Identifier: Apache-2.0
 * The tuning collector on Linux: our own sysctls, and the registry of an offline Windows where one is named. The
 * sources, each of which fails alone: "sysctl", "sysctl:KEY" for each that the configuration names, "sysctl.d" (what a
 * boot would set) and "hive". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "collectors/collector.h"
#include "collectors/source.h"
#include "collectors/tuning/linux/boot.h"
#include "collectors/tuning/linux/hive.h"
#include "collectors/tuning/linux/sysctl.h"
#include "collectors/tuning/options.h"
#include "collectors/tuning/plan.h"

/* Our own namespace has no name: its series are the same whether or not others are watched. */
#define OWN_NETNS ""

struct tuning {
    struct plan plan;
    struct boot *boot;
    struct sysctl_reader sysctl;
    const char *hive_name; /* as the configuration has it; NULL: none */
    char hive_path[FILE_PATH_MAX];
    char hive_windows[32]; /* " of Windows 5.2", or empty */
    struct hive *hive;
};

static void tuning_close(void *state)
{
    struct tuning *tuning = state;
    if (!tuning)
        return;
    hive_free(tuning->hive);
    boot_free(tuning->boot);
    text_free(&tuning->sysctl.buffer);
    plan_free(&tuning->plan);
    free(tuning);
}

/* Where nobody told the version, the advice that holds for all. */
static void fit_version(struct tuning *tuning, unsigned word)
{
    unsigned version = tuning_hive_version(word);
    if (version == 0)
        return;
    plan_fit_windows(&tuning->plan, version);
    (void)snprintf(tuning->hive_windows, sizeof(tuning->hive_windows), " of Windows %s",
                   tuning_hive_version_text(word));
}

static int open_hive(struct tuning *tuning, const char *rootfs, const struct tuning_options *wanted)
{
    if (!wanted->hive)
        return 0;
    tuning->hive_name = wanted->hive;
    fit_version(tuning, wanted->hive_version);
    int error = file_path(tuning->hive_path, sizeof(tuning->hive_path), rootfs, wanted->hive);
    return error < 0 ? error : hive_new(tuning->hive_path, &tuning->plan.registry, &tuning->hive);
}

static int tuning_open(const struct collector_paths *paths, const void *options, void **ret_state)
{
    const struct tuning_options *wanted = options;
    struct tuning *tuning = calloc(1, sizeof(*tuning));
    if (!tuning)
        return -ENOMEM;
    tuning->sysctl = (struct sysctl_reader){.procfs = paths->procfs, .netns = OWN_NETNS};
    int error = plan_make(&wanted->advice, &tuning->plan);
    if (error == 0)
        error = boot_new(paths->rootfs, &tuning->boot);
    if (error == 0)
        error = open_hive(tuning, paths->rootfs, wanted);
    if (error < 0) {
        tuning_close(tuning);
        return error;
    }
    *ret_state = tuning;
    return 0;
}

static int collect_sysctl(struct tuning *tuning, struct builder *builder)
{
    int error = boot_refresh(tuning->boot);
    if (error == -ENOMEM)
        return error;
    tuning->sysctl.boot = error == 0 ? tuning->boot : NULL;
    source_report(builder, &(struct source){"tuning", "sysctl.d", boot_subject(tuning->boot)}, builder_mark(builder),
                  error);
    error = sysctl_put(&tuning->sysctl, &tuning->plan.sysctl, builder);
    if (error == -ENOMEM)
        return error;
    /* Marked after the rows: those that could be read stay. */
    source_report(builder, &(struct source){"tuning", "sysctl", tuning->sysctl.subject}, builder_mark(builder), error);
    return 0;
}

static int collect_hive(struct tuning *tuning, struct builder *builder)
{
    char origin[FILE_PATH_MAX + 64];
    struct builder_mark mark = builder_mark(builder);
    int error = hive_refresh(tuning->hive);
    if (error == -ENOMEM)
        return error;
    if (error == 0) {
        (void)snprintf(origin, sizeof(origin), "%s: %s%s", tuning->hive_name, hive_control_set(tuning->hive),
                       tuning->hive_windows);
        registry_put(&tuning->plan.registry, hive_values(tuning->hive), TUNING_HIVE, origin, builder);
    }
    source_report(builder, &(struct source){"tuning", "hive", hive_subject(tuning->hive)}, mark, error);
    return 0;
}

static int tuning_collect(void *state, struct builder *builder, int64_t deadline)
{
    struct tuning *tuning = state;
    (void)deadline; /* small reads of the kernel's memory; the hive's only when it has changed */
    int error = collect_sysctl(tuning, builder);
    if (error == 0 && tuning->hive)
        error = collect_hive(tuning, builder);
    return error;
}

const struct collector tuning_collector = {
    .name = "tuning",
    .help = "Tuning values that bound connections: in force, default, advice, kept over a reboot",
    .enabled = true,
    .options = tuning_option_list,
    .options_size = sizeof(struct tuning_options),
    .open = tuning_open,
    .collect = tuning_collect,
    .close = tuning_close,
};
