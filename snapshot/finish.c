/* SPDX-License-Identifier: Apache-2.0
 * From a full builder to a snapshot: every table folded, the whole within max_series, the series counted. */
#include <errno.h>
#include <string.h>

#include "snapshot/builder_private.h"
#include "snapshot/tables/agent.h"

/* A table that max_series has cut grows again only when so much of the limit is free, and then not up to the limit:
 * else its last rows would come and go with every sample. */
static const double roomy = 0.90, comfortable = 0.95;

struct finish {
    struct builder *builder;
    struct snapshot *snapshot;
    struct row_list *candidates; /* one for each table, as others and caps */
    struct row_list *others;
    unsigned *caps; /* most rows for the sake of max_series; 0: no such limit */
    size_t series;
};

static int split_rows(struct finish *finish, size_t position)
{
    struct builder *builder = finish->builder;
    const struct index *index = &builder->indexes[position];
    struct row_list *candidates = &finish->candidates[position], *others = &finish->others[position];
    candidates->rows = arena_allocate(&builder->scratch, (index->count + 1) * sizeof(struct row));
    others->rows = arena_allocate(&builder->scratch, (index->count + 1) * sizeof(struct row));
    if (!candidates->rows || !others->rows)
        return -ENOMEM;
    for (size_t i = 0; i < index->count; i++) {
        const struct row *row = &builder->entries[index->entries[i]].row;
        struct row_list *list = row->others > 0 ? others : candidates;
        list->rows[list->count++] = *row;
    }
    rows_sort(tables[position], candidates->rows, candidates->count);
    candidates->count = rows_merge(tables[position], candidates->rows, candidates->count);
    return 0;
}

/* The table's bound, max_series apart; 0: none. */
static unsigned bound_of(const struct finish *finish, size_t position)
{
    const unsigned *configured = finish->builder->settings.max_rows;
    unsigned rows = tables[position]->bound.max_rows;
    return rows && configured && configured[position] ? configured[position] : rows;
}

static unsigned most_rows(const struct finish *finish, size_t position)
{
    unsigned rows = bound_of(finish, position);
    unsigned cap = finish->caps[position];
    return rows && cap && cap < rows ? cap : rows;
}

static int fold_one(struct finish *finish, size_t position)
{
    struct builder *builder = finish->builder;
    struct snapshot *snapshot = finish->snapshot;
    struct table_rows *to = &snapshot->tables[position];
    struct fold fold = {
        .table = tables[position],
        .max_rows = most_rows(finish, position),
        .now = builder->now,
        .hold = builder->settings.hold,
        .detail = builder->settings.detail,
        .previous = builder->previous ? &builder->previous->tables[position] : NULL,
        .arena = &snapshot->arena,
        .scratch = &builder->scratch,
        .next_number = &snapshot->next_number,
    };
    finish->series -= to->series;
    int error = fold_table(&fold, &finish->candidates[position], &finish->others[position], to);
    finish->series += to->series;
    to->cap = finish->caps[position];
    return error;
}

static size_t rows_besides_other(const struct table_rows *table)
{
    size_t rows = 0;
    while (rows < table->shown.count && !table->shown.rows[rows].other)
        rows++;
    return rows;
}

/* The bounded table that gives most series and can still lose a row; tables_count() if there is none. */
static size_t largest_table(const struct finish *finish)
{
    size_t largest = tables_count();
    for (size_t i = 0; i < tables_count(); i++) {
        const struct table_rows *table = &finish->snapshot->tables[i];
        if (tables[i]->bound.max_rows == 0 || tables[i]->bound.uncut || rows_besides_other(table) < 2)
            continue;
        if (largest == tables_count() || table->series > finish->snapshot->tables[largest].series)
            largest = i;
    }
    return largest;
}

static int shrink_to(struct finish *finish, size_t limit)
{
    while (finish->series > limit) {
        size_t position = largest_table(finish);
        if (position == tables_count())
            return 0;
        const struct table_rows *table = &finish->snapshot->tables[position];
        size_t rows = rows_besides_other(table);
        if (rows == 0)
            return 0;
        size_t per_row = table->series / rows + 1;
        size_t cut = (finish->series - limit) / per_row / 2 + 1;
        finish->caps[position] = (unsigned)(cut < rows ? rows - cut : 1);
        int error = fold_one(finish, position);
        if (error < 0)
            return error;
    }
    return 0;
}

/* Lets cut tables grow in the next sample where there is room for it. */
static void relax(struct finish *finish, size_t limit)
{
    double wanted = comfortable * (double)limit - (double)finish->series;
    if ((double)finish->series > roomy * (double)limit)
        return;
    for (size_t i = 0; i < tables_count(); i++) {
        struct table_rows *table = &finish->snapshot->tables[i];
        if (table->cap == 0)
            continue;
        size_t rows = rows_besides_other(table);
        double per_row = rows ? (double)table->series / (double)rows : 1;
        table->cap += (unsigned)(wanted / per_row / 2) + 1;
        if (table->cap >= bound_of(finish, i))
            table->cap = 0;
    }
}

static int add_series_row(struct finish *finish, struct row_list *list, size_t position)
{
    const struct table_rows *table = &finish->snapshot->tables[position];
    struct row *row = &list->rows[list->count];
    *row = (struct row){.cells =
                            arena_allocate(&finish->builder->scratch, table_series.column_count * sizeof(*row->cells))};
    if (!row->cells)
        return -ENOMEM;
    row_set(row, SERIES_TABLE, (union cell){.text = tables[position]->name});
    row_set(row, SERIES_SERIES, (union cell){.number = table->series});
    if (tables[position]->bound.max_rows)
        row_set(row, SERIES_ROWS_FOLDED, (union cell){.number = table->rows_folded});
    list->count++;
    return 0;
}

/* The table that tells of all others; last, since it counts them. */
static int fill_series(struct finish *finish)
{
    size_t own = tables_position(&table_series);
    struct row_list *list = &finish->candidates[own];
    list->rows = arena_allocate(&finish->builder->scratch, tables_count() * sizeof(*list->rows));
    list->count = 0;
    if (!list->rows)
        return -ENOMEM;
    for (size_t i = 0; i < tables_count(); i++) {
        const struct table_rows *table = &finish->snapshot->tables[i];
        bool tells = table->series > 0 || table->rows_folded > 0;
        if (i != own && !tables[i]->internal && tells && add_series_row(finish, list, i) < 0)
            return -ENOMEM;
    }
    rows_sort(&table_series, list->rows, list->count);
    return fold_one(finish, own);
}

static int fold_all(struct finish *finish)
{
    const struct builder *builder = finish->builder;
    size_t own = tables_position(&table_series), limit = builder->settings.max_series;
    for (size_t i = 0; i < tables_count(); i++) {
        if (tables[i]->internal || i == own)
            continue;
        finish->caps[i] = builder->previous ? builder->previous->tables[i].cap : 0;
        int error = split_rows(finish, i);
        if (error == 0)
            error = fold_one(finish, i);
        if (error < 0)
            return error;
    }
    if (limit > 0) {
        size_t reserved = 2 * tables_count(); /* for the series table itself */
        limit = limit > reserved ? limit - reserved : 1;
        int error = shrink_to(finish, limit);
        if (error < 0)
            return error;
        relax(finish, limit);
    }
    return fill_series(finish);
}

static struct snapshot *new_snapshot(const struct builder *builder)
{
    const struct snapshot *previous = builder->previous;
    struct arena arena = ARENA_EMPTY;
    struct snapshot *snapshot = arena_allocate(&arena, sizeof(*snapshot));
    if (!snapshot)
        return NULL;
    atomic_init(&snapshot->references, 1);
    snapshot->arena = arena;
    snapshot->sequence = previous ? previous->sequence + 1 : 1;
    snapshot->now = builder->now;
    snapshot->wall_now = builder->wall_now;
    snapshot->interval = builder->settings.interval;
    snapshot->detail = builder->settings.detail;
    snapshot->next_number = previous ? previous->next_number : 1;
    snapshot->tables = arena_allocate(&snapshot->arena, tables_count() * sizeof(*snapshot->tables));
    if (!snapshot->tables) {
        snapshot_release(snapshot);
        return NULL;
    }
    return snapshot;
}

int builder_finish(struct builder *builder, struct snapshot **ret_snapshot)
{
    struct finish finish = {.builder = builder};
    size_t count = tables_count();
    if (builder->error)
        return builder->error;
    finish.candidates = arena_allocate(&builder->scratch, count * sizeof(*finish.candidates));
    finish.others = arena_allocate(&builder->scratch, count * sizeof(*finish.others));
    finish.caps = arena_allocate(&builder->scratch, count * sizeof(*finish.caps));
    finish.snapshot = new_snapshot(builder);
    int error = finish.candidates && finish.others && finish.caps && finish.snapshot ? fold_all(&finish) : -ENOMEM;
    if (error < 0) {
        snapshot_release(finish.snapshot);
        return error;
    }
    *ret_snapshot = finish.snapshot;
    return 0;
}
