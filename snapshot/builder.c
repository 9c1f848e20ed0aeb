/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/builder.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "snapshot/builder_private.h"

int builder_new(const struct builder_settings *settings, struct snapshot *previous, struct builder **ret_builder)
{
    struct builder *builder = calloc(1, sizeof(*builder));
    if (!builder)
        return -ENOMEM;
    builder->indexes = calloc(tables_count(), sizeof(*builder->indexes));
    if (!builder->indexes) {
        free(builder);
        return -ENOMEM;
    }
    builder->settings = *settings;
    builder->previous = snapshot_take(previous);
    builder->now = clock_monotonic();
    builder->wall_now = clock_wall();
    *ret_builder = builder;
    return 0;
}

void builder_free(struct builder *builder)
{
    if (!builder)
        return;
    snapshot_release(builder->previous);
    arena_free(&builder->scratch);
    for (size_t i = 0; i < tables_count(); i++)
        free(builder->indexes[i].entries);
    free(builder->indexes);
    free(builder->entries);
    free(builder);
}

void builder_fail(struct builder *builder, int error)
{
    if (builder->error == 0)
        builder->error = error;
}

static int add_entry(struct builder *builder, unsigned table, union cell *cells)
{
    struct index *index = &builder->indexes[table];
    void *entries = builder->entries, *positions = index->entries;
    int error = array_make_room(&entries, &builder->capacity, builder->count, sizeof(struct entry));
    if (error == 0)
        error = array_make_room(&positions, &index->capacity, index->count, sizeof(*index->entries));
    builder->entries = entries;
    index->entries = positions;
    if (error < 0)
        return error;
    index->entries[index->count++] = builder->count;
    builder->entries[builder->count++] = (struct entry){.row = {.cells = cells}, .table = table};
    return 0;
}

void builder_row(struct builder *builder, const struct table *table)
{
    size_t position = tables_position(table);
    if (builder->error)
        return;
    if (!tables[position]) {
        builder_fail(builder, -EINVAL);
        return;
    }
    union cell *cells = arena_allocate(&builder->scratch, table->column_count * sizeof(*cells));
    if (!cells || add_entry(builder, (unsigned)position, cells) < 0)
        builder_fail(builder, -ENOMEM);
}

/* The cell's column if it may be set now, else NULL and the error sticks. */
static const struct column *settable(struct builder *builder, unsigned column)
{
    if (builder->error)
        return NULL;
    const struct table *table = builder->count ? tables[builder->entries[builder->count - 1].table] : NULL;
    if (!table || column >= table->column_count) {
        builder_fail(builder, -EINVAL);
        return NULL;
    }
    return &table->columns[column];
}

static void set(struct builder *builder, unsigned column, union cell cell)
{
    row_set(&builder->entries[builder->count - 1].row, column, cell);
}

void builder_text(struct builder *builder, unsigned column, const char *value)
{
    if (value)
        builder_bytes(builder, column, value, strlen(value));
}

void builder_bytes(struct builder *builder, unsigned column, const char *bytes, size_t length)
{
    const struct column *declared = settable(builder, column);
    char buffer[256];
    if (!declared)
        return;
    if (!column_is_text(declared)) {
        builder_fail(builder, -EINVAL);
        return;
    }
    /* An empty key is the same as none: Prometheus cannot tell an empty label from a missing one. */
    if (length == 0 && declared->kind == COLUMN_KEY)
        return;
    size_t written = utf8_bound(buffer, sizeof(buffer), column_bound(declared), bytes, length);
    char *copy = arena_copy(&builder->scratch, buffer, written);
    if (copy)
        set(builder, column, (union cell){.text = copy});
    else
        builder_fail(builder, -ENOMEM);
}

static bool number_fits(const struct column *column, uint64_t value)
{
    unsigned words = 0;
    switch (column->type) {
    case COLUMN_GAUGE:
    case COLUMN_COUNTER:
        return true;
    case COLUMN_BOOLEAN:
        return value <= 1;
    case COLUMN_PORT:
        return value <= UINT16_MAX;
    case COLUMN_WORD:
        while (column->words[words])
            words++;
        return value < words;
    case COLUMN_TEXT:
    case COLUMN_ADDRESS:
    case COLUMN_ENDPOINT:
    case COLUMN_REAL:
        break;
    }
    return false;
}

void builder_number(struct builder *builder, unsigned column, uint64_t value)
{
    const struct column *declared = settable(builder, column);
    if (!declared)
        return;
    if (number_fits(declared, value))
        set(builder, column, (union cell){.number = value});
    else
        builder_fail(builder, -EINVAL);
}

void builder_real(struct builder *builder, unsigned column, double value)
{
    const struct column *declared = settable(builder, column);
    if (!declared || isnan(value))
        return;
    if (declared->type == COLUMN_REAL)
        set(builder, column, (union cell){.real = value});
    else
        builder_fail(builder, -EINVAL);
}

void builder_weak(struct builder *builder)
{
    if (settable(builder, 0))
        builder->entries[builder->count - 1].row.weak = true;
}

void builder_others(struct builder *builder, size_t rows)
{
    if (settable(builder, 0))
        builder->entries[builder->count - 1].row.others = rows;
}

struct builder_mark builder_mark(const struct builder *builder)
{
    return (struct builder_mark){builder->count};
}

void builder_roll_back(struct builder *builder, struct builder_mark mark)
{
    while (builder->count > mark.rows)
        builder->indexes[builder->entries[--builder->count].table].count--;
}

int builder_error(const struct builder *builder)
{
    return builder->error;
}

const struct snapshot *builder_previous(const struct builder *builder)
{
    return builder->previous;
}

size_t builder_max_series(const struct builder *builder)
{
    return builder->settings.max_series;
}

int64_t builder_now(const struct builder *builder)
{
    return builder->now;
}

int64_t builder_wall_now(const struct builder *builder)
{
    return builder->wall_now;
}

size_t builder_row_count(const struct builder *builder, const struct table *table)
{
    return builder->indexes[tables_position(table)].count;
}

static const struct row *row_at(const struct builder *builder, const struct table *table, size_t row)
{
    return &builder->entries[builder->indexes[tables_position(table)].entries[row]].row;
}

bool builder_has(const struct builder *builder, const struct table *table, size_t row, unsigned column)
{
    return row_has(row_at(builder, table, row), column);
}

const char *builder_get_text(const struct builder *builder, const struct table *table, size_t row, unsigned column)
{
    return row_text(table, row_at(builder, table, row), column);
}

uint64_t builder_get_number(const struct builder *builder, const struct table *table, size_t row, unsigned column)
{
    return row_number(table, row_at(builder, table, row), column);
}

double builder_get_real(const struct builder *builder, const struct table *table, size_t row, unsigned column)
{
    return row_real(table, row_at(builder, table, row), column);
}
