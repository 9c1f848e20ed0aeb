/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/declaration.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#define DEFAULT_BOUND 255u

/* Where tables were found lately, by a few bits of their address: every cell that is read asks. A hint that another
 * thread or table has overwritten is of no use and does no harm. */
#define HINTS 128u

size_t tables_count(void)
{
    static _Atomic size_t known;
    size_t count = atomic_load_explicit(&known, memory_order_relaxed);
    if (count > 0)
        return count;
    while (tables[count])
        count++;
    atomic_store_explicit(&known, count, memory_order_relaxed);
    return count;
}

size_t tables_position(const struct table *table)
{
    static _Atomic uint16_t hints[HINTS];
    _Atomic uint16_t *hint = &hints[(uintptr_t)table / sizeof(*table) % HINTS];
    size_t position = atomic_load_explicit(hint, memory_order_relaxed);
    if (tables[position] == table)
        return position;
    position = 0;
    while (tables[position] && tables[position] != table)
        position++;
    if (tables[position] && position <= UINT16_MAX)
        atomic_store_explicit(hint, (uint16_t)position, memory_order_relaxed);
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
