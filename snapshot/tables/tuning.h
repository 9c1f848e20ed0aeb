/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_TUNING_H
#define CHOKEPOINT_SNAPSHOT_TABLES_TUNING_H

#include "snapshot/declaration.h"

enum {
    TUNING_SOURCE,
    TUNING_KEY,
    TUNING_FIELD,
    TUNING_NETNS,
    TUNING_VALUE,
    TUNING_OK,
    TUNING_DEFAULT_VALUE, /* these three are metrics only with tuning.detail */
    TUNING_RECOMMENDED_VALUE,
    TUNING_PERSISTED,
    TUNING_TEXT,    /* note: the value as text, also for values that are no numbers */
    TUNING_ADVICE,  /* note: "at least 10000", "one of 1, 2", "leave alone", "show only" */
    TUNING_REASON,  /* note */
    TUNING_CAVEAT,  /* note */
    TUNING_COMMAND, /* note: sets it now and for good */
    TUNING_UNDO,    /* note */
    TUNING_ORIGIN,  /* note: the file and line that persists it */
};

/* The words of the column source. Add at the end only. */
enum tuning_source { TUNING_SYSCTL, TUNING_REGISTRY, TUNING_HIVE, TUNING_NETSH, TUNING_POWERSHELL };

extern const struct table table_tuning;

#endif
