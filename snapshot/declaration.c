/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/declaration.h"

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
