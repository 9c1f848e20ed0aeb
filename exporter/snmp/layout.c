/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/layout.h"

#include <stdlib.h>

static void add(struct layout *layout, unsigned number, unsigned column, enum layout_part part)
{
    layout->columns[layout->count++] = (struct layout_column){number, column, part};
}

static void add_column(struct layout *layout, unsigned at)
{
    const struct column *column = &layout->table->columns[at];
    if (column->type != COLUMN_ADDRESS && column->type != COLUMN_ENDPOINT) {
        add(layout, column->mib, at, LAYOUT_WHOLE);
        return;
    }
    add(layout, column->mib - 1, at, LAYOUT_ADDRESS_TYPE);
    add(layout, column->mib, at, LAYOUT_ADDRESS);
    if (column->type == COLUMN_ENDPOINT)
        add(layout, column->mib + 1, at, LAYOUT_ADDRESS_PORT);
}

static int compare_columns(const void *a, const void *b)
{
    const struct layout_column *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

void layout_make(const struct table *table, struct layout *ret_layout)
{
    ret_layout->table = table;
    ret_layout->count = 0;
    for (unsigned i = 0; i < table->column_count; i++)
        if (table->columns[i].mib)
            add_column(ret_layout, i);
    qsort(ret_layout->columns, ret_layout->count, sizeof(ret_layout->columns[0]), compare_columns);
}

static size_t key_bound(const struct column *column)
{
    switch (column->type) {
    case COLUMN_TEXT:
        return 1 + column_bound(column);
    case COLUMN_ADDRESS:
        return 2 + column_bound(column);
    case COLUMN_ENDPOINT:
        return 3 + column_bound(column);
    default:
        return 1;
    }
}

size_t layout_index_bound(const struct table *table)
{
    size_t bound = 0;
    if (table->indexed_by_row)
        return 1;
    for (unsigned i = 0; i < table->column_count; i++)
        if (table->columns[i].kind == COLUMN_KEY)
            bound += key_bound(&table->columns[i]);
    return bound;
}
