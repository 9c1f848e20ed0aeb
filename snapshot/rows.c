/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool row_has(const struct row *row, unsigned column)
{
    return (row->present >> column & 1) != 0;
}

void row_set(struct row *row, unsigned column, union cell cell)
{
    row->cells[column] = cell;
    row->present |= UINT64_C(1) << column;
}

static int compare_cells(const struct column *column, const struct row *a, const struct row *b, unsigned at)
{
    bool in_a = row_has(a, at), in_b = row_has(b, at);
    if (!in_a || !in_b)
        return (int)in_a - (int)in_b;
    if (column_is_text(column))
        return strcmp(a->cells[at].text, b->cells[at].text);
    return (a->cells[at].number > b->cells[at].number) - (a->cells[at].number < b->cells[at].number);
}

int row_compare_keys(const struct table *table, const struct row *a, const struct row *b)
{
    int order = 0;
    for (unsigned i = 0; i < table->column_count && order == 0; i++)
        if (table->columns[i].kind == COLUMN_KEY)
            order = compare_cells(&table->columns[i], a, b, i);
    return order;
}

bool row_same_kept_keys(const struct table *table, const struct row *a, const struct row *b)
{
    for (unsigned i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        if (column->kind == COLUMN_KEY && column->fold == FOLD_KEEP && compare_cells(column, a, b, i) != 0)
            return false;
    }
    return true;
}

const char *row_text(const struct table *table, const struct row *row, unsigned column)
{
    if (!row_has(row, column))
        return "";
    if (table->columns[column].type == COLUMN_WORD)
        return table->columns[column].words[row->cells[column].number];
    return column_is_text(&table->columns[column]) ? row->cells[column].text : "";
}

uint64_t row_number(const struct table *table, const struct row *row, unsigned column)
{
    const struct column *declared = &table->columns[column];
    if (!row_has(row, column) || column_is_text(declared) || declared->type == COLUMN_REAL)
        return 0;
    return row->cells[column].number;
}

double row_real(const struct table *table, const struct row *row, unsigned column)
{
    if (row_has(row, column) && table->columns[column].type == COLUMN_REAL)
        return row->cells[column].real;
    return (double)row_number(table, row, column);
}

static union cell fold_cell(const struct column *column, union cell sum, union cell cell)
{
    bool real = column->type == COLUMN_REAL;
    if (column->fold == FOLD_SUM && real)
        return (union cell){.real = sum.real + cell.real};
    if (column->fold == FOLD_SUM)
        return (union cell){.number = sum.number + cell.number};
    bool greater = real ? cell.real > sum.real : cell.number > sum.number;
    return greater == (column->fold == FOLD_MAX) ? cell : sum;
}

void row_fold_values(const struct table *table, struct row *sum, const struct row *row)
{
    for (unsigned i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        if (column->kind != COLUMN_VALUE || column->fold == FOLD_ABSENT || !row_has(row, i))
            continue;
        row_set(sum, i, row_has(sum, i) ? fold_cell(column, sum->cells[i], row->cells[i]) : row->cells[i]);
    }
}

unsigned row_series(const struct table *table, const struct row *row, bool detail)
{
    unsigned series = 0;
    for (unsigned i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        series += column->metric && (detail || !column->detail) && row_has(row, i);
    }
    return series;
}

int row_copy(const struct table *table, struct arena *arena, const struct row *from, struct row *ret_row)
{
    struct row row = *from;
    size_t size = table->column_count * sizeof(*row.cells);
    row.cells = arena_allocate(arena, size);
    row.raw = table_counts(table) ? arena_allocate(arena, table->column_count * sizeof(*row.raw)) : NULL;
    if (!row.cells || (table_counts(table) && !row.raw))
        return -ENOMEM;
    memcpy(row.cells, from->cells, size);
    if (row.raw && from->raw)
        memcpy(row.raw, from->raw, table->column_count * sizeof(*row.raw));
    for (unsigned i = 0; i < table->column_count; i++) {
        if (!column_is_text(&table->columns[i]) || !row_has(&row, i))
            continue;
        row.cells[i].text = arena_copy(arena, from->cells[i].text, strlen(from->cells[i].text));
        if (!row.cells[i].text)
            return -ENOMEM;
    }
    *ret_row = row;
    return 0;
}

static int compare_rows(const void *a, const void *b, void *table)
{
    return row_compare_keys(table, a, b);
}

static bool is_sorted(const struct table *table, const struct row *rows, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (row_compare_keys(table, &rows[i - 1], &rows[i]) > 0)
            return false;
    return true;
}

/* Most tables are filled in order, or nearly always with the same rows. */
void rows_sort(const struct table *table, struct row *rows, size_t count)
{
    if (!is_sorted(table, rows, count))
        qsort_r(rows, count, sizeof(*rows), compare_rows, (void *)table);
}

const struct row *rows_step_to(const struct table *table, const struct row_list *list, size_t *at,
                               const struct row *key)
{
    for (; *at < list->count; (*at)++) {
        int order = row_compare_keys(table, &list->rows[*at], key);
        if (order >= 0)
            return order == 0 ? &list->rows[*at] : NULL;
    }
    return NULL;
}

bool table_counts(const struct table *table)
{
    if (table->bound.max_rows == 0)
        return false;
    for (unsigned i = 0; i < table->column_count; i++)
        if (table->columns[i].type == COLUMN_COUNTER)
            return true;
    return false;
}

size_t rows_merge(const struct table *table, struct row *rows, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && row_compare_keys(table, &rows[kept - 1], &rows[i]) == 0) {
            row_fold_values(table, &rows[kept - 1], &rows[i]);
            rows[kept - 1].weak = rows[kept - 1].weak && rows[i].weak;
        } else {
            rows[kept++] = rows[i];
        }
    }
    return kept;
}
