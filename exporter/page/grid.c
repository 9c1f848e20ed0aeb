/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/grid.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/page/human.h"

/* A row of the snapshot on its way to its place. */
struct candidate {
    size_t row;
    double rank;
    bool other;
};

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *one = a, *two = b;
    if (one->other != two->other)
        return one->other ? 1 : -1;
    if (one->rank != two->rank)
        return one->rank < two->rank ? 1 : -1;
    return (one->row > two->row) - (one->row < two->row);
}

static int choose(const struct snapshot *snapshot, const struct view *view, struct arena *arena,
                  struct candidate **ret_rows, size_t *ret_count)
{
    size_t rows = snapshot_row_count(snapshot, view->table), count = 0;
    struct candidate *candidates = arena_allocate(arena, (rows + 1) * sizeof(*candidates));
    if (!candidates)
        return -ENOMEM;
    for (size_t i = 0; i < rows; i++) {
        if (view->wanted && !view->wanted(snapshot, i))
            continue;
        candidates[count++] = (struct candidate){.row = i,
                                                 .rank = view->rank ? view->rank(snapshot, i) : 0,
                                                 .other = snapshot_is_other(snapshot, view->table, i)};
    }
    qsort(candidates, count, sizeof(*candidates), compare_candidates);
    *ret_rows = candidates;
    *ret_count = count;
    return 0;
}

static int fill_row(const struct snapshot *snapshot, const struct view *view, const struct candidate *from,
                    struct arena *arena, struct text *scratch, struct grid *grid)
{
    struct grid_row *row = &grid->rows[grid->row_count];
    row->share = view->share ? view->share(snapshot, from->row) : NAN;
    row->other = from->other;
    row->cells = arena_allocate(arena, grid->field_count * sizeof(*row->cells));
    if (!row->cells)
        return -ENOMEM;
    for (size_t i = 0; i < grid->field_count; i++) {
        const struct view_field *field = &view->fields[i];
        text_clear(scratch);
        if (field->write)
            field->write(snapshot, from->row, scratch);
        else
            human_cell(scratch, snapshot, view->table, from->row, field->column);
        row->cells[i] = arena_copy(arena, text_value(scratch), scratch->length);
        if (!row->cells[i] || scratch->error)
            return -ENOMEM;
    }
    grid->bars = grid->bars || !isnan(row->share);
    grid->row_count++;
    return 0;
}

static int fill(const struct snapshot *snapshot, const struct view *view, struct arena *arena, struct text *scratch,
                struct grid *grid)
{
    struct candidate *candidates;
    size_t count;
    if (choose(snapshot, view, arena, &candidates, &count) < 0)
        return -ENOMEM;
    size_t shown = view->most_rows && count > view->most_rows ? view->most_rows : count;
    grid->rows_left_out = count - shown;
    while (view->fields[grid->field_count].heading)
        grid->field_count++;
    grid->rows = arena_allocate(arena, (shown + 1) * sizeof(*grid->rows));
    grid->fields = arena_allocate(arena, grid->field_count * sizeof(*grid->fields));
    if (!grid->rows || !grid->fields)
        return -ENOMEM;
    for (size_t i = 0; i < grid->field_count; i++) {
        const struct view_field *field = &view->fields[i];
        grid->fields[i] = (struct grid_field){
            .heading = field->heading,
            .help = field->write ? NULL : view->table->columns[field->column].help,
            .numeric = field->numeric,
            .wide = field->wide,
            .literal = field->literal,
            .link = field->link,
        };
    }
    for (size_t i = 0; i < shown; i++)
        if (fill_row(snapshot, view, &candidates[i], arena, scratch, grid) < 0)
            return -ENOMEM;
    return 0;
}

static bool field_is_empty(const struct grid *grid, size_t field)
{
    for (size_t i = 0; i < grid->row_count; i++)
        if (*grid->rows[i].cells[field])
            return false;
    return true;
}

static void drop_empty_fields(struct grid *grid)
{
    size_t kept = 0;
    for (size_t i = 0; i < grid->field_count; i++) {
        if (field_is_empty(grid, i))
            continue;
        grid->fields[kept] = grid->fields[i];
        for (size_t row = 0; row < grid->row_count; row++)
            grid->rows[row].cells[kept] = grid->rows[row].cells[i];
        kept++;
    }
    grid->field_count = kept;
}

static int make(const struct snapshot *snapshot, const struct view *view, struct arena *arena, struct grid *ret_grid)
{
    struct text scratch = TEXT_EMPTY;
    struct grid grid = {NULL};
    int error = fill(snapshot, view, arena, &scratch, &grid);
    text_free(&scratch);
    if (error == 0)
        *ret_grid = grid;
    return error;
}

int grid_make(const struct snapshot *snapshot, const struct view *view, struct arena *arena, struct grid *ret_grid)
{
    int error = make(snapshot, view, arena, ret_grid);
    if (error == 0)
        drop_empty_fields(ret_grid);
    return error;
}

/* The column's name with blanks for underscores. */
static const char *plain_heading(struct arena *arena, const char *name)
{
    char *heading = arena_copy(arena, name, strlen(name));
    for (char *at = heading; at && (at = strchr(at, '_')) != NULL;)
        *at = ' ';
    return heading;
}

int grid_make_table(const struct snapshot *snapshot, const struct table *table, struct arena *arena,
                    struct grid *ret_grid)
{
    struct view_field *fields = arena_allocate(arena, (table->column_count + 1) * sizeof(*fields));
    const struct view view = {.table = table, .fields = fields};
    if (!fields)
        return -ENOMEM;
    for (unsigned i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        fields[i].heading = plain_heading(arena, column->name);
        fields[i].column = i;
        fields[i].numeric = !column_is_text(column) && column->type != COLUMN_WORD;
        if (!fields[i].heading)
            return -ENOMEM;
    }
    return make(snapshot, &view, arena, ret_grid);
}
