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

/* Server 2003 is 5.2, 2008 6.0, 2008 R2 6.1, 2012 6.2, 2012 R2 6.3, everything from 2016 on 10.0. */
static const char *const version_words[] = {"unknown", "5.0", "5.1", "5.2", "6.0", "6.1", "6.2", "6.3", "10.0", NULL};
static const unsigned versions[] = {0, 500, 501, 502, 600, 601, 602, 603, 1000};

_Static_assert(sizeof(versions) / sizeof(versions[0]) + 1 == sizeof(version_words) / sizeof(version_words[0]),
               "a number for every word");

unsigned tuning_hive_version(unsigned word)
{
    return versions[word];
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
    {.name = "hive_version",
     .type = OPTION_WORD,
     .offset = offsetof(struct tuning_options, hive_version),
     .words = version_words,
     .fallback = "unknown",
     .refused = TUNING_HIVE_REFUSED,
     .help = "Version of the Windows that the hive is of, for advice that fits, in place of what the hive SOFTWARE "
             "beside it tells"},
    OPTION_END,
};
