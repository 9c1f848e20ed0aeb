/* SPDX-License-Identifier: Apache-2.0
 * The tuning collector on Windows: two sources, each of which fails alone: "registry" and, since Vista, "netsh". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "collectors/collector.h"
#include "collectors/source.h"
#include "collectors/tuning/options.h"
#include "collectors/tuning/plan.h"
#include "collectors/tuning/windows/live_registry.h"
#include "collectors/tuning/windows/port_settings.h"
#include "collectors/windows/version.h"

#define VISTA 600u

struct tuning {
    struct plan plan;
    char origin[64];
    bool has_netsh;
    struct registry_value *values;
    struct port_settings settings;
};

static void tuning_close(void *state)
{
    struct tuning *tuning = state;
    if (!tuning)
        return;
    port_settings_free(&tuning->settings);
    free(tuning->values);
    plan_free(&tuning->plan);
    free(tuning);
}

/* Where the version cannot be read, the advice that holds for all. */
static void fit_version(struct tuning *tuning)
{
    struct windows_version version;
    char text[WINDOWS_VERSION_TEXT];
    tuning->has_netsh = true;
    (void)snprintf(tuning->origin, sizeof(tuning->origin), "registry");
    if (windows_version_read(&version) < 0)
        return;
    unsigned number = windows_version_number(&version);
    plan_fit_windows(&tuning->plan, number);
    tuning->has_netsh = number >= VISTA;
    windows_version_format(&version, text);
    (void)snprintf(tuning->origin, sizeof(tuning->origin), "registry of Windows %s", text);
}

static int tuning_open(const struct collector_paths *paths, const void *options, void **ret_state)
{
    const struct tuning_options *wanted = options;
    struct tuning *tuning = calloc(1, sizeof(*tuning));
    (void)paths;
    if (!tuning)
        return -ENOMEM;
    int error = plan_make(&wanted->advice, &tuning->plan);
    if (error == 0) {
        tuning->values = calloc(tuning->plan.registry.count, sizeof(*tuning->values));
        error = tuning->values ? 0 : -ENOMEM;
    }
    if (error < 0) {
        tuning_close(tuning);
        return error;
    }
    fit_version(tuning);
    *ret_state = tuning;
    return 0;
}

static void collect_registry(struct tuning *tuning, struct builder *builder)
{
    const char *key = NULL;
    struct builder_mark mark = builder_mark(builder);
    int error = live_registry_read(&tuning->plan.registry, tuning->values, &key);
    if (error == 0)
        registry_put(&tuning->plan.registry, tuning->values, TUNING_REGISTRY, tuning->origin, builder);
    source_report(builder, &(struct source){"tuning", "registry", key}, mark, error);
}

static void collect_netsh(struct tuning *tuning, struct builder *builder)
{
    const char *subject;
    port_settings_refresh(&tuning->settings, builder_now(builder));
    port_settings_put(&tuning->settings, &tuning->plan.netsh, builder);
    /* Marked after the rows: those that could be read stay. */
    int error = port_settings_error(&tuning->settings, &subject);
    source_report(builder, &(struct source){"tuning", "netsh", subject}, builder_mark(builder), error);
}

static int tuning_collect(void *state, struct builder *builder, int64_t deadline)
{
    struct tuning *tuning = state;
    (void)deadline; /* small reads; netsh only once in a while, and bounded */
    collect_registry(tuning, builder);
    if (tuning->has_netsh)
        collect_netsh(tuning, builder);
    return 0;
}

const struct collector tuning_collector = {
    .name = "tuning",
    .help = "Tuning values that bound connections: in force, default, advice",
    .enabled = true,
    .options = tuning_option_list,
    .options_size = sizeof(struct tuning_options),
    .open = tuning_open,
    .collect = tuning_collect,
    .close = tuning_close,
};
