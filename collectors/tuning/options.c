/* SPDX-License-Identifier: Apache-2.0
 * TUNING_HIVE_REFUSED comes from CMakeLists.txt: NULL, or why this build cannot read hives. */
#include "collectors/tuning/options.h"

#include "collectors/tuning/plan.h"

static bool is_advice(const char *key, const char *value)
{
    struct option_pair pair = {key, value};
    struct plan plan;
    if (plan_make(&(struct option_pairs){&pair, 1}, &plan) < 0)
        return false;
    plan_free(&plan);
    return true;
}

const struct option tuning_option_list[] = {
    {.name = "advice",
     .type = OPTION_PAIRS,
     .offset = offsetof(struct tuning_options, advice),
     .accepts_pair = is_advice,
     .allowed = "for the name of a sysctl, a registry path or netsh's words: 1; 1, 2; at least 1; at most 1; show only",
     .help = "Advice in place of ours, by key (1; 1, 2; at least 1; at most 1; show only), also for other sysctls"},
    {.name = "detail",
     .type = OPTION_BOOLEAN,
     .offset = offsetof(struct tuning_options, detail),
     .fallback = "false",
     .help = "Serve default, recommended value and persistence as metrics too"},
    {.name = "hive",
     .type = OPTION_TEXT,
     .offset = offsetof(struct tuning_options, hive),
     .refused = TUNING_HIVE_REFUSED,
     .help = "SYSTEM hive of an offline Windows, such as /mnt/c/Windows/System32/config/SYSTEM"},
    OPTION_END,
};
