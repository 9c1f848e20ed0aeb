/* SPDX-License-Identifier: Apache-2.0
 * The YAML section `tuning`, the same on every platform. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_OPTIONS_H
#define CHOKEPOINT_COLLECTORS_TUNING_OPTIONS_H

#include <stdbool.h>

#include "base/option.h"

struct tuning_options {
    struct option_pairs advice; /* key of a value to the advice that replaces ours: see plan.h */
    bool detail;                /* whether default, recommended value and persistence are metrics too */
    const char *hive;           /* a SYSTEM hive of an offline Windows, below the root; NULL: none */
    unsigned hive_version;      /* whose it is: see tuning_hive_version() */
};

/* What hive_version says: 100 * major + minor, as 502 for Server 2003; 0 where it says nothing. */
unsigned tuning_hive_version(unsigned word);

/* The options that fill struct tuning_options, ended by OPTION_END. */
extern const struct option tuning_option_list[];

#endif
