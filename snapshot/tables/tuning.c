/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/tuning.h"

static const char *const source_words[] = {"sysctl", "registry", "hive", "netsh", NULL};

#define NOTE(name_, mib_, help_)                                                                                       \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_NOTE, .type = COLUMN_TEXT, .mib = mib_, .help = help_                            \
    }

static const struct column columns[] = {
    [TUNING_SOURCE] = {.name = "source", .kind = COLUMN_KEY, .type = COLUMN_WORD, .fold = FOLD_KEEP,
                       .words = source_words, .mib = 1, .help = "Where the value was read."},
    [TUNING_KEY] = {.name = "key", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_OTHER, .bound = 72, .mib = 2,
                    .help = "Dotted sysctl name, or registry path below CurrentControlSet with the value's name."},
    [TUNING_FIELD] = {.name = "field", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .bound = 16, .mib = 3,
                      .help = "Which number of a value that has several: min, default, max, low, high."},
    [TUNING_NETNS] = {.name = "netns", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .bound = 16, .mib = 4,
                      .help = "Network namespace; empty for the agent's own."},
    [TUNING_VALUE] = {.name = "value", .kind = COLUMN_VALUE, .type = COLUMN_REAL, .metric = "tuning_value", .mib = 5,
                      .help = "Value in force."},
    [TUNING_OK] = {.name = "ok", .kind = COLUMN_VALUE, .type = COLUMN_BOOLEAN, .metric = "tuning_ok", .mib = 6,
                   .help = "1 if the value in force satisfies the advice, 0 if not; absent where there is no advice."},
    [TUNING_DEFAULT_VALUE] = {.name = "default_value", .kind = COLUMN_VALUE, .type = COLUMN_REAL,
                              .metric = "tuning_default_value", .detail = true, .mib = 7, .help = "Default of the system."},
    [TUNING_RECOMMENDED_VALUE] = {.name = "recommended_value", .kind = COLUMN_VALUE, .type = COLUMN_REAL,
                                  .metric = "tuning_recommended_value", .detail = true, .mib = 8, .help = "Value that we advise."},
    [TUNING_PERSISTED] = {.name = "persisted", .kind = COLUMN_VALUE, .type = COLUMN_BOOLEAN,
                          .metric = "tuning_persisted", .detail = true, .mib = 9,
                          .help = "1 if the value in force is what a reboot would set, 0 if not."},
    [TUNING_TEXT] = NOTE("text", 10, "Value in force as text."),
    [TUNING_ADVICE] = NOTE("advice", 11, "What we advise."),
    [TUNING_REASON] = NOTE("reason", 12, "Why."),
    [TUNING_CAVEAT] = NOTE("caveat", 13, "What to heed before."),
    [TUNING_COMMAND] = NOTE("command", 14, "Command that sets it."),
    [TUNING_UNDO] = NOTE("undo", 15, "Command that takes it back."),
    [TUNING_ORIGIN] = NOTE("origin", 16, "File that sets the value at boot."),
};

const struct table table_tuning = {
    .name = "tuning",
    .help = "Tuning values that bound connections, with their judgement",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .bound = {.max_rows = 200, .rank_by = TUNING_OK},
    .indexed_by_row = true,
    .mib = 6,
};
