/* SPDX-License-Identifier: Apache-2.0
 * Who is shown and what becomes of the rest. The memory of it is the previous snapshot, so a sample that fails
 * changes nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot/rows.h"

/* A newcomer must be this much greater than a row that is shown to take its place. */
static const double incumbent_bonus = 1.5;

static bool is_counter(const struct table *table, unsigned column)
{
    return table->columns[column].type == COLUMN_COUNTER;
}

static uint64_t increase(uint64_t before, uint64_t now)
{
    return now >= before ? now - before : now; /* less than before: the source began anew */
}

/* Turns the source's running totals into increments, keeping the totals in raw. */
static int take_increments(const struct fold *fold, struct row *row, const struct row *before)
{
    const struct table *table = fold->table;
    if (!table_counts(table))
        return 0;
    row->raw = arena_allocate(fold->scratch, table->column_count * sizeof(*row->raw));
    if (!row->raw)
        return -ENOMEM;
    for (unsigned i = 0; i < table->column_count; i++) {
        if (!is_counter(table, i) || !row_has(row, i))
            continue;
        row->raw[i] = row->cells[i].number;
        uint64_t grown = increase(before && before->raw ? before->raw[i] : 0, row->raw[i]);
        row->cells[i].number = grown;
        if (grown > 0)
            row->deserved = fold->now;
    }
    return 0;
}

/* A shown row's counters go on from where they were. */
static void continue_counters(const struct table *table, struct row *row, const struct row *before)
{
    for (unsigned i = 0; i < table->column_count; i++) {
        if (!is_counter(table, i) || !row_has(before, i))
            continue;
        if (row_has(row, i))
            row->cells[i].number += before->cells[i].number;
        else
            row_set(row, i, before->cells[i]);
    }
}

/* A row that was shown and that the source gives no more: its counters only. */
static int absent_row(const struct fold *fold, const struct row *before, struct row *ret_row)
{
    const struct table *table = fold->table;
    struct row row = *before;
    row.cells = arena_allocate(fold->scratch, table->column_count * sizeof(*row.cells));
    if (!row.cells)
        return -ENOMEM;
    row.present = 0;
    row.weak = true;
    row.weight = 0;
    for (unsigned i = 0; i < table->column_count; i++)
        if (row_has(before, i) && table->columns[i].kind == COLUMN_KEY)
            row_set(&row, i, before->cells[i]);
    *ret_row = row;
    return 0;
}

static int compare_weight(const void *a, const void *b, void *table)
{
    const struct row *one = a, *two = b;
    if (one->weight != two->weight)
        return one->weight < two->weight ? 1 : -1;
    if (one->shown != two->shown)
        return one->shown ? -1 : 1;
    return row_compare_keys(table, one, two);
}

/* A shown row is ranked by its greatest value of the hold time: the small and noisy ones at the edge would else change
 * places with every sample. Weak rows are held another way, see choose(). */
static void rank(const struct fold *fold, struct row *row, const struct row *before)
{
    double value = row_real(fold->table, row, fold->table->bound.rank_by);
    row->peak = value;
    row->peak_at = fold->now;
    if (!row->weak && before && before->shown && before->peak > value && fold->now - before->peak_at < fold->hold) {
        row->peak = before->peak;
        row->peak_at = before->peak_at;
    }
    row->weight = row->shown ? row->peak * incumbent_bonus : value;
}

/* The candidates with what is remembered of them, and after them those remembered that are not among them. */
static int gather(const struct fold *fold, const struct row_list *candidates, struct row_list *ret_rows)
{
    const struct row_list none = {NULL, 0};
    const struct row_list *remembered = fold->previous ? &fold->previous->remembered : &none;
    const bool counts = table_counts(fold->table);
    struct row *rows = arena_allocate(fold->scratch, (candidates->count + remembered->count + 1) * sizeof(*rows));
    if (!rows)
        return -ENOMEM;
    size_t count = 0, at = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        struct row *row = &rows[count++];
        *row = candidates->rows[i];
        const struct row *before = rows_step_to(fold->table, remembered, &at, row);
        row->number = before ? before->number : 0;
        row->shown = before && before->shown;
        row->deserved = before ? before->deserved : 0;
        rank(fold, row, before);
        if (take_increments(fold, row, before) < 0)
            return -ENOMEM;
        if (row->shown && counts)
            continue_counters(fold->table, row, before);
        else if (counts)
            row->deserved = fold->now; /* how long its total is remembered, should the source lose sight of it */
    }
    at = 0;
    for (size_t i = 0; i < remembered->count; i++) {
        const struct row *before = &remembered->rows[i];
        bool needed = (before->shown || counts) && fold->now - before->deserved < fold->hold;
        if (!needed || rows_step_to(fold->table, candidates, &at, before))
            continue;
        if (absent_row(fold, before, &rows[count]) < 0)
            return -ENOMEM;
        if (before->shown && counts)
            continue_counters(fold->table, &rows[count], before);
        count++;
    }
    *ret_rows = (struct row_list){rows, count};
    return 0;
}

/* Whether the rows' rank decides nothing. */
static bool has_place_for_all(const struct row_list *list, unsigned places)
{
    bool all = list->count <= places;
    for (size_t i = 0; all && i < list->count; i++)
        all = !list->rows[i].weak;
    return all;
}

/* Sets shown for the rows that have a place. */
static void choose(const struct fold *fold, struct row_list *list)
{
    unsigned places = fold->max_rows ? fold->max_rows : UINT32_MAX;
    if (!has_place_for_all(list, places))
        qsort_r(list->rows, list->count, sizeof(*list->rows), compare_weight, (void *)fold->table);
    for (size_t i = 0; i < list->count; i++) {
        struct row *row = &list->rows[i];
        bool deserves = !row->weak || i < fold->table->bound.always;
        if (deserves)
            row->deserved = fold->now;
        bool held = row->shown && fold->now - row->deserved < fold->hold;
        row->shown = (deserves || held) && places > 0;
        places -= row->shown;
    }
}

static bool has_values(const struct table *table, const struct row *row)
{
    for (unsigned i = 0; i < table->column_count; i++)
        if (table->columns[i].kind != COLUMN_KEY && row_has(row, i))
            return true;
    return false;
}

/* The `other` row for this row's kept keys, made if it is new. */
static struct row *other_row(const struct fold *fold, struct row_list *others, const struct row *like)
{
    const struct table *table = fold->table;
    for (size_t i = 0; i < others->count; i++)
        if (row_same_kept_keys(table, &others->rows[i], like))
            return &others->rows[i];
    struct row *row = &others->rows[others->count];
    *row = (struct row){.other = true, .shown = true};
    row->cells = arena_allocate(fold->scratch, table->column_count * sizeof(*row->cells));
    row->raw = arena_allocate(fold->scratch, table->column_count * sizeof(*row->raw));
    if (!row->cells || !row->raw)
        return NULL;
    for (unsigned i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        if (column->kind == COLUMN_KEY && column->fold == FOLD_KEEP && row_has(like, i))
            row_set(row, i, like->cells[i]);
        else if (column->kind == COLUMN_KEY && column->fold == FOLD_OTHER)
            row_set(row, i, (union cell){.text = "other"});
    }
    others->count++;
    return row;
}

static const struct row *previous_other(const struct fold *fold, const struct row *like)
{
    for (size_t i = 0; fold->previous && i < fold->previous->shown.count; i++) {
        const struct row *row = &fold->previous->shown.rows[i];
        if (row->other && row_same_kept_keys(fold->table, row, like))
            return row;
    }
    return NULL;
}

/* A row that the source folded itself: its counters are running totals of the source, measured from the last ones. */
static int fold_source_other(const struct fold *fold, struct row_list *others, const struct row *from)
{
    struct row row = *from;
    struct row *sum = other_row(fold, others, from);
    if (!sum || take_increments(fold, &row, previous_other(fold, from)) < 0)
        return -ENOMEM;
    for (unsigned i = 0; row.raw && i < fold->table->column_count; i++)
        sum->raw[i] += row.raw[i];
    row_fold_values(fold->table, sum, &row);
    return 0;
}

/* `other` counters go on from the previous sample's, also where nothing is hidden now. */
static int continue_others(const struct fold *fold, struct row_list *others)
{
    for (size_t i = 0; i < others->count; i++) {
        const struct row *before = previous_other(fold, &others->rows[i]);
        others->rows[i].number = before ? before->number : 0;
    }
    if (!table_counts(fold->table) || !fold->previous)
        return 0;
    for (size_t i = 0; i < fold->previous->shown.count; i++) {
        const struct row *before = &fold->previous->shown.rows[i];
        if (!before->other)
            continue;
        struct row *row = other_row(fold, others, before);
        if (!row)
            return -ENOMEM;
        row->number = before->number;
        continue_counters(fold->table, row, before);
    }
    return 0;
}

static int fold_hidden(const struct fold *fold, const struct row_list *rows, const struct row_list *source_others,
                       struct row_list *ret_others, uint64_t *ret_folded)
{
    size_t most = rows->count + source_others->count + (fold->previous ? fold->previous->shown.count : 0) + 1;
    struct row_list others = {arena_allocate(fold->scratch, most * sizeof(*others.rows)), 0};
    uint64_t folded = 0;
    if (!others.rows)
        return -ENOMEM;
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->rows[i].shown || !has_values(fold->table, &rows->rows[i]))
            continue;
        struct row *sum = other_row(fold, &others, &rows->rows[i]);
        if (!sum)
            return -ENOMEM;
        row_fold_values(fold->table, sum, &rows->rows[i]);
        folded++;
    }
    for (size_t i = 0; i < source_others->count; i++) {
        if (fold_source_other(fold, &others, &source_others->rows[i]) < 0)
            return -ENOMEM;
        folded += source_others->rows[i].others;
    }
    if (continue_others(fold, &others) < 0)
        return -ENOMEM;
    *ret_folded = folded;
    *ret_others = others;
    return 0;
}

/* Copies the rows that readers see into the snapshot: chosen ones by key, then the others. */
static int publish(const struct fold *fold, const struct row_list *rows, const struct row_list *others,
                   struct table_rows *to)
{
    struct row *shown = arena_allocate(fold->arena, (rows->count + others->count + 1) * sizeof(*shown));
    struct row *remembered = arena_allocate(fold->arena, (rows->count + 1) * sizeof(*remembered));
    if (!shown || !remembered)
        return -ENOMEM;
    to->shown.rows = shown;
    to->remembered.rows = remembered;
    for (size_t i = 0; i < rows->count + others->count; i++) {
        bool other = i >= rows->count;
        struct row *row = other ? &others->rows[i - rows->count] : &rows->rows[i];
        if (!row->shown && !table_counts(fold->table))
            continue;
        if (row->number == 0 && row->shown)
            row->number = (*fold->next_number)++;
        struct row copy;
        if (row_copy(fold->table, fold->arena, row, &copy) < 0)
            return -ENOMEM;
        if (!other)
            remembered[to->remembered.count++] = copy;
        if (row->shown && has_values(fold->table, row)) {
            shown[to->shown.count++] = copy;
            to->series += row_series(fold->table, row, fold->detail);
        }
    }
    return 0;
}

int fold_table(const struct fold *fold, const struct row_list *candidates, const struct row_list *others,
               struct table_rows *ret_rows)
{
    struct row_list rows, sums;
    uint64_t folded;
    struct table_rows result = {.rows_folded = fold->previous ? fold->previous->rows_folded : 0};
    if (gather(fold, candidates, &rows) < 0)
        return -ENOMEM;
    choose(fold, &rows);
    if (fold_hidden(fold, &rows, others, &sums, &folded) < 0)
        return -ENOMEM;
    rows_sort(fold->table, rows.rows, rows.count);
    rows_sort(fold->table, sums.rows, sums.count);
    if (publish(fold, &rows, &sums, &result) < 0)
        return -ENOMEM;
    result.rows_folded += folded;
    *ret_rows = result;
    return 0;
}
