/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/declaration.h"

#include <string.h>

#define DEFAULT_BOUND 255u

size_t tables_count(void)
{
    size_t count = 0;
    while (tables[count])
        count++;
    return count;
}

size_t tables_position(const struct table *table)
{
    size_t position = 0;
    while (tables[position] && tables[position] != table)
        position++;
    return position;
}

unsigned column_bound(const struct column *column)
{
    return column->bound ? column->bound : DEFAULT_BOUND;
}

bool column_is_text(const struct column *column)
{
    return column->type == COLUMN_TEXT || column->type == COLUMN_ADDRESS || column->type == COLUMN_ENDPOINT;
}

bool metric_is_counter(const char *metric)
{
    size_t length = strlen(metric), suffix = strlen(METRIC_TOTAL);
    return length > suffix && strcmp(metric + length - suffix, METRIC_TOTAL) == 0;
}

const char *metric_prefix(const char *metric)
{
    static const char standard[] = "process_";
    return strncmp(metric, standard, strlen(standard)) == 0 ? "" : "chokepoint_";
}
