/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/host.h"

static const char *const platform_words[] = {"linux", "windows", NULL};

static const struct column columns[] = {
    [HOST_PLATFORM] = {.name = "platform",
                       .kind = COLUMN_KEY,
                       .type = COLUMN_WORD,
                       .words = platform_words,
                       .help = "Which commands help there."},
};

const struct table table_host = {
    .name = "host",
    .help = "What kind of system the sample is of",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .internal = true,
    .not_in_mib = "internal",
};
