/* SPDX-License-Identifier: Apache-2.0
 * The tuning collector on Linux: our own sysctls, and the registry of an offline Windows where one is named. The
 * sources, each of which fails alone: "sysctl", "sysctl:KEY" for each that the configuration names, "sysctl.d" (what a
 * boot would set), "hive", and "hive.software", which tells the version of that Windows where nobody else did. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "collectors/collector.h"
#include "collectors/source.h"
#include "collectors/tuning/linux/boot.h"
#include "collectors/tuning/linux/hive.h"
#include "collectors/tuning/linux/hive_version.h"
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
    struct hive *hive;
    struct hive_version *hive_version; /* NULL: the configuration tells it */
    unsigned windows;                  /* whose advice is in the plan: 100 * major + minor, or 0 for that of all */
};

static void tuning_close(void *state)
{
    struct tuning *tuning = state;
    if (!tuning)
        return;
    hive_version_free(tuning->hive_version);
    hive_free(tuning->hive);
    boot_free(tuning->boot);
    text_free(&tuning->sysctl.buffer);
    plan_free(&tuning->plan);
    free(tuning);
}

static void fit_windows(struct tuning *tuning, unsigned windows)
{
    if (windows == tuning->windows)
        return;
    tuning->windows = windows;
    plan_fit_windows(&tuning->plan, windows);
}

static int open_hive(struct tuning *tuning, const char *rootfs, const struct tuning_options *wanted)
{
    if (!wanted->hive)
        return 0;
    tuning->hive_name = wanted->hive;
    fit_windows(tuning, tuning_hive_version(wanted->hive_version));
    int error = file_path(tuning->hive_path, sizeof(tuning->hive_path), rootfs, wanted->hive);
    if (error == 0)
        error = hive_new(tuning->hive_path, &tuning->plan.registry, &tuning->hive);
    if (error == 0 && tuning->windows == 0)
        error = hive_version_new(tuning->hive_path, &tuning->hive_version);
    return error;
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

/* Where the version cannot be read, the advice that holds for all. */
static int collect_hive_version(struct tuning *tuning, struct builder *builder)
{
    struct windows_version windows = {0};
    int error = hive_version_refresh(tuning->hive_version, &windows);
    if (error == -ENOMEM)
        return error;
    fit_windows(tuning, windows_version_number(&windows));
    if (error != -ENODATA)
        source_report(builder, &(struct source){"tuning", "hive.software", hive_version_subject(tuning->hive_version)},
                      builder_mark(builder), error);
    return 0;
}

static void put_hive(const struct tuning *tuning, struct builder *builder)
{
    char origin[FILE_PATH_MAX + 64], of[32] = "";
    if (tuning->windows != 0)
        (void)snprintf(of, sizeof(of), " of Windows %u.%u", tuning->windows / 100, tuning->windows % 100);
    (void)snprintf(origin, sizeof(origin), "%s: %s%s", tuning->hive_name, hive_control_set(tuning->hive), of);
    registry_put(&tuning->plan.registry, hive_values(tuning->hive), TUNING_HIVE, origin, builder);
}

static int collect_hive(struct tuning *tuning, struct builder *builder)
{
    int error = hive_refresh(tuning->hive);
    if (error == 0 && tuning->hive_version && collect_hive_version(tuning, builder) == -ENOMEM)
        error = -ENOMEM;
    if (error == -ENOMEM)
        return error;
    struct builder_mark mark = builder_mark(builder);
    if (error == 0)
        put_hive(tuning, builder);
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
