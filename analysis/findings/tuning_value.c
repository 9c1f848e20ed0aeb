/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/tuning_value.h"

#include <math.h>
#include <string.h>

#include "snapshot/tables/tuning.h"

static const struct table *const table = &table_tuning;

static bool matches(const struct builder *builder, size_t row, const char *key, const char *field)
{
    return builder_get_number(builder, table, row, TUNING_SOURCE) != TUNING_HIVE &&
           strcmp(builder_get_text(builder, table, row, TUNING_KEY), key) == 0 &&
           strcmp(builder_get_text(builder, table, row, TUNING_FIELD), field) == 0;
}

/* The row of the namespace, else that of our own, else the number of rows. */
static size_t find(const struct builder *builder, const char *key, const char *field, const char *netns)
{
    size_t count = builder_row_count(builder, table), own = count;
    for (size_t row = 0; row < count; row++) {
        const char *where = builder_get_text(builder, table, row, TUNING_NETNS);
        if (!matches(builder, row, key, field))
            continue;
        if (strcmp(where, netns) == 0)
            return row;
        if (!where[0])
            own = row;
    }
    return own;
}

uint64_t tuning_value_number(const struct findings *findings, const char *key, const char *field, const char *netns,
                             uint64_t fallback)
{
    const struct builder *builder = findings_builder(findings);
    size_t row = find(builder, key, field, netns);
    if (row == builder_row_count(builder, table) || !builder_has(builder, table, row, TUNING_VALUE))
        return fallback;
    double value = builder_get_real(builder, table, row, TUNING_VALUE);
    return value >= 0 && value < 1e18 ? (uint64_t)value : fallback;
}

const char *tuning_value_text(const struct findings *findings, const char *key, const char *field, const char *netns)
{
    const struct builder *builder = findings_builder(findings);
    size_t row = find(builder, key, field, netns);
    return row == builder_row_count(builder, table) ? "" : builder_get_text(builder, table, row, TUNING_TEXT);
}
