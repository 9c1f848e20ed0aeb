/* SPDX-License-Identifier: Apache-2.0
 * A table as people read it: chosen, ordered and turned into texts, before it becomes HTML or aligned plain text. */
#ifndef CHOKEPOINT_EXPORTER_PAGE_GRID_H
#define CHOKEPOINT_EXPORTER_PAGE_GRID_H

#include "base/arena.h"
#include "exporter/page/views.h"

struct grid_field {
    const char *heading;
    const char *help; /* NULL: none */
    bool numeric;
    bool wide;
    bool literal;
    const char *link; /* NULL: none */
};

/* cells: one text for each field, "" where there is none; visible (human_visible) and not yet escaped. */
struct grid_row {
    const char **cells;
    double share; /* NaN: no bar */
    bool other;
};

struct grid {
    struct grid_field *fields;
    size_t field_count;
    struct grid_row *rows;
    size_t row_count;
    size_t rows_left_out;
    bool bars; /* whether some row has a share */
};

/* Fills *ret_grid as the view says. Everything lives in arena. 0 or -ENOMEM. */
int grid_make(const struct snapshot *snapshot, const struct view *view, struct arena *arena, struct grid *ret_grid);

/* The same for a whole table as it is declared: every column, every row. */
int grid_make_table(const struct snapshot *snapshot, const struct table *table, struct arena *arena,
                    struct grid *ret_grid);

#endif
