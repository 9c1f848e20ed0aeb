/* SPDX-License-Identifier: Apache-2.0
 * What to read and how to judge it: the catalogue with the configuration's advice in place of ours, and what the
 * configuration adds. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_PLAN_H
#define CHOKEPOINT_COLLECTORS_TUNING_PLAN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/option.h"
#include "collectors/tuning/catalogue.h"

/* Most values that a configuration may add: what it adds is never folded into `other`. */
#define PLAN_MAX_ADDED 64u

struct plan_list {
    struct tuning_entry *entries;
    size_t count;
    size_t known; /* entries[known..count) are of the configuration's making */
};

struct plan {
    struct plan_list sysctl;
    struct plan_list registry; /* keys with a backslash */
    struct plan_list netsh;    /* keys with a blank; nothing can be added */
    struct arena arena;
};

/* Makes the plan of a list of advice: the key of a value that we know takes the place of our advice; any other dotted
 * sysctl, or registry path below CurrentControlSet, is added. 0, -EINVAL for a malformed key or advice, or -ENOMEM. */
int plan_make(const struct option_pairs *advice, struct plan *ret_plan);

/* Puts in place what the catalogue has for this Windows, 100 * major + minor, or what it has for all where the version
 * is 0, except where the configuration did speak. May be called again, with another version; keys stay as they are. */
void plan_fit_windows(struct plan *plan, unsigned version);

/* Gives the memory back. */
void plan_free(struct plan *plan);

#endif
