/* SPDX-License-Identifier: Apache-2.0
 * The contract between a collector and the runner. A collector is one exported constant, listed in
 * collectors/CMakeLists.txt; it fills tables and knows no output format. Collectors do not log: errors go up. */
#ifndef CHOKEPOINT_COLLECTORS_COLLECTOR_H
#define CHOKEPOINT_COLLECTORS_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "snapshot/builder.h"
#include "snapshot/tables/host.h"

/* Where a host's files are: --path.procfs, --path.sysfs, --path.rootfs. Strings outlive the collector. */
struct collector_paths {
    const char *procfs;
    const char *sysfs;
    const char *rootfs;
};

struct collector {
    const char *name; /* --collector.NAME, and the YAML section */
    const char *help; /* one line for --help */
    bool enabled;     /* by default */

    /* The YAML section and flags; options_size bytes hold the values. May be NULL and 0. */
    const struct option *options;
    size_t options_size;

    /* Makes the state that lives between samples. options and paths outlive it. Called again after a reload. An error
     * here (negative errno) is reported like a failed sample, and open is tried again at the next one. */
    int (*open)(const struct collector_paths *paths, const void *options, void **ret_state);

    /* Puts rows. Returns 0; -ENODATA when this host has nothing of the kind (a success without rows); or negative
     * errno, and the runner rolls its rows back. Must return soon after deadline (CLOCK_MONOTONIC, nanoseconds). */
    int (*collect)(void *state, struct builder *builder, int64_t deadline);

    /* Frees the state. NULL is fine. */
    void (*close)(void *state);
};

/* Every collector of this platform, NULL-ended; made from the list in collectors/CMakeLists.txt. */
extern const struct collector *const collectors[];

/* The platform that they are for, as findings want to know it. From the same list. */
extern const enum host_platform collectors_platform;

#endif
