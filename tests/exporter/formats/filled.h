/* SPDX-License-Identifier: Apache-2.0
 * A snapshot in which every declared cell is there: two rows in each table, so that what a format leaves out shows. */
#ifndef CHOKEPOINT_TESTS_EXPORTER_FORMATS_FILLED_H
#define CHOKEPOINT_TESTS_EXPORTER_FORMATS_FILLED_H

#include <stdio.h>

#include "snapshot/tables/all.h"
#include "tests/snapshot/sample.h"

#define FILLED_ROWS 2

static inline void filled_cell(struct builder *builder, const struct column *column, unsigned position, unsigned row)
{
    char text[64];
    snprintf(text, sizeof(text), "%s %u", column->name, row);
    switch (column->type) {
    case COLUMN_ADDRESS:
        builder_text(builder, position, row ? "192.0.2.1" : "2001:db8::1");
        break;
    case COLUMN_ENDPOINT:
        builder_text(builder, position, row ? "192.0.2.1:25" : "[2001:db8::1]:25");
        break;
    case COLUMN_TEXT:
        builder_text(builder, position, text);
        break;
    case COLUMN_WORD:
        builder_number(builder, position, column->words[row] ? row : 0);
        break;
    case COLUMN_REAL:
        builder_real(builder, position, 0.603 + row);
        break;
    case COLUMN_BOOLEAN:
        builder_number(builder, position, row);
        break;
    default:
        builder_number(builder, position, 100 + row);
    }
}

/* The table that the builder fills itself gets its rows from all others. */
static inline struct snapshot *filled_snapshot(bool detail)
{
    const struct builder_settings settings = {.interval = 5 * SAMPLE_SECOND, .detail = detail, .hold = BUILDER_HOLD};
    struct builder *builder;
    assert_int_equal(builder_new(&settings, NULL, &builder), 0);
    for (size_t t = 0; tables[t]; t++) {
        for (unsigned row = 0; row < FILLED_ROWS && tables[t] != &table_series; row++) {
            builder_row(builder, tables[t]);
            for (unsigned i = 0; i < tables[t]->column_count; i++)
                filled_cell(builder, &tables[t]->columns[i], i, row);
        }
    }
    assert_int_equal(builder_error(builder), 0);
    return sample_end(builder, NULL);
}

#endif
