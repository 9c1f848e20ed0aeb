/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/mib.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/snmp/layout.h"
#include "exporter/snmp/scalars.h"

/* Children of the root. */
enum { CHILD_SCALARS = 1, CHILD_TABLES = 2 };

/* TABLE.1.COLUMN, below the child. */
enum { AT_TABLE, AT_ENTRY, AT_COLUMN, AT_INDEX };

#define ENTRY 1u

struct mib {
    struct object_id root;
    size_t count;
    struct layout layouts[]; /* by the table's number */
};

/* The part of an object identifier below some place. */
struct tail {
    const uint32_t *parts;
    size_t length;
};

/* A question on its way down: where to go on from, and whether that place itself counts. */
struct search {
    const struct mib *mib;
    struct view *view;
    struct tail from;
    bool inclusive;
};

static int compare_layouts(const void *a, const void *b)
{
    const struct layout *left = a, *right = b;
    return (left->table->mib > right->table->mib) - (left->table->mib < right->table->mib);
}

int mib_new(const struct object_id *root, struct mib **ret_mib)
{
    struct mib *mib = calloc(1, sizeof(*mib) + tables_count() * sizeof(mib->layouts[0]));
    if (!mib)
        return -ENOMEM;
    mib->root = *root;
    for (size_t i = 0; tables[i]; i++)
        if (tables[i]->mib && !tables[i]->internal)
            layout_make(tables[i], &mib->layouts[mib->count++]);
    qsort(mib->layouts, mib->count, sizeof(mib->layouts[0]), compare_layouts);
    *ret_mib = mib;
    return 0;
}

void mib_free(struct mib *mib)
{
    free(mib);
}

static struct tail tail_after(struct tail tail, size_t parts)
{
    return parts < tail.length ? (struct tail){tail.parts + parts, tail.length - parts} : (struct tail){NULL, 0};
}

/* Below, at or above 0: how the identifier stands to the root and everything below it. */
static int compare_to_root(const struct mib *mib, const struct object_id *id)
{
    size_t length = id->length < mib->root.length ? id->length : mib->root.length;
    return object_id_compare(id->parts, length, mib->root.parts, mib->root.length);
}

static struct tail below_root(const struct mib *mib, const struct object_id *id)
{
    return tail_after((struct tail){id->parts, id->length}, mib->root.length);
}

bool mib_is_table(const struct mib *mib, const struct object_id *id)
{
    struct tail tail = below_root(mib, id);
    return compare_to_root(mib, id) == 0 && tail.length > 0 && tail.parts[0] == CHILD_TABLES;
}

static const struct layout *find_layout(const struct mib *mib, uint32_t number)
{
    for (size_t i = 0; i < mib->count; i++)
        if (mib->layouts[i].table->mib == number)
            return &mib->layouts[i];
    return NULL;
}

static const struct layout_column *find_column(const struct layout *layout, uint32_t number)
{
    for (size_t i = 0; i < layout->count; i++)
        if (layout->columns[i].number == number)
            return &layout->columns[i];
    return NULL;
}

/* The first row whose index is not before the tail; `after` skips one that equals it too. */
static size_t lower_bound(const struct view_row *rows, size_t count, struct tail tail, bool after)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = object_id_compare(rows[middle].index, rows[middle].length, tail.parts, tail.length);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int get_scalar(const struct view *view, struct tail tail, struct value *ret_value)
{
    if (tail.length == 0 || tail.parts[0] < 1 || tail.parts[0] > SCALARS_COUNT)
        return -ENOENT;
    if (tail.length != 2 || tail.parts[1] != 0)
        return -ENODATA;
    scalars_value(view_snapshot(view), tail.parts[0], ret_value);
    return 0;
}

static int get_cell(const struct mib *mib, struct view *view, struct tail tail, struct value *ret_value)
{
    const struct layout *layout = tail.length > AT_COLUMN ? find_layout(mib, tail.parts[AT_TABLE]) : NULL;
    if (!layout || tail.parts[AT_ENTRY] != ENTRY)
        return -ENOENT;
    const struct layout_column *column = find_column(layout, tail.parts[AT_COLUMN]);
    const struct view_row *rows;
    size_t count;
    if (!column)
        return -ENOENT;
    int error = view_rows(view, layout->table, &rows, &count);
    if (error < 0)
        return error;
    struct tail index = tail_after(tail, AT_INDEX);
    size_t at = lower_bound(rows, count, index, false);
    if (at == count || object_id_compare(rows[at].index, rows[at].length, index.parts, index.length) != 0)
        return -ENODATA;
    return value_of_cell(view_snapshot(view), layout->table, rows[at].row, column, ret_value) ? 0 : -ENODATA;
}

int mib_get(const struct mib *mib, struct view *view, const struct object_id *id, struct value *ret_value)
{
    struct tail tail = below_root(mib, id);
    if (compare_to_root(mib, id) != 0 || tail.length == 0)
        return -ENOENT;
    switch (tail.parts[0]) {
    case CHILD_SCALARS:
        return get_scalar(view, tail_after(tail, 1), ret_value);
    case CHILD_TABLES:
        return get_cell(mib, view, tail_after(tail, 1), ret_value);
    default:
        return -ENOENT;
    }
}

static int place(const struct mib *mib, const uint32_t *parts, size_t count, const struct view_row *row,
                 struct object_id *ret_id)
{
    *ret_id = mib->root;
    int error = object_id_append(ret_id, parts, count);
    return error == 0 && row ? object_id_append(ret_id, row->index, row->length) : error;
}

static int next_scalar(const struct search *search, struct object_id *ret_id, struct value *ret_value)
{
    for (uint32_t number = 1; number <= SCALARS_COUNT; number++) {
        const uint32_t parts[] = {CHILD_SCALARS, number, 0};
        int order = object_id_compare(parts + 1, 2, search->from.parts, search->from.length);
        if (order < 0 || (order == 0 && !search->inclusive))
            continue;
        scalars_value(view_snapshot(search->view), number, ret_value);
        return place(search->mib, parts, 3, NULL, ret_id);
    }
    return -ENOENT;
}

/* The first cell of the column that is there, from a row on. */
static int next_in_column(const struct search *search, const struct layout *layout, const struct layout_column *column,
                          struct object_id *ret_id, struct value *ret_value)
{
    const uint32_t parts[] = {CHILD_TABLES, layout->table->mib, ENTRY, column->number};
    const struct view_row *rows;
    size_t count;
    int error = view_rows(search->view, layout->table, &rows, &count);
    if (error < 0)
        return error;
    for (size_t i = lower_bound(rows, count, search->from, !search->inclusive); i < count; i++)
        if (value_of_cell(view_snapshot(search->view), layout->table, rows[i].row, column, ret_value))
            return place(search->mib, parts, 4, &rows[i], ret_id);
    return -ENOENT;
}

/* from is below the table: ENTRY.COLUMN.INDEX, or what there is of it. */
static int next_in_table(struct search search, const struct layout *layout, struct object_id *ret_id,
                         struct value *ret_value)
{
    struct tail from = search.from;
    if (from.length > 0 && from.parts[0] > ENTRY)
        return -ENOENT;
    bool within = from.length > 1 && from.parts[0] == ENTRY;
    for (size_t i = 0; i < layout->count; i++) {
        const struct layout_column *column = &layout->columns[i];
        bool here = within && column->number == from.parts[1];
        if (within && column->number < from.parts[1])
            continue;
        search.from = here ? tail_after(from, 2) : (struct tail){NULL, 0};
        int error = next_in_column(&search, layout, column, ret_id, ret_value);
        if (error != -ENOENT)
            return error;
    }
    return -ENOENT;
}

static int next_cell(struct search search, struct object_id *ret_id, struct value *ret_value)
{
    struct tail from = search.from;
    for (size_t i = 0; i < search.mib->count; i++) {
        const struct layout *layout = &search.mib->layouts[i];
        bool here = from.length > 0 && layout->table->mib == from.parts[0];
        if (from.length > 0 && layout->table->mib < from.parts[0])
            continue;
        search.from = here ? tail_after(from, 1) : (struct tail){NULL, 0};
        int error = next_in_table(search, layout, ret_id, ret_value);
        if (error != -ENOENT)
            return error;
    }
    return -ENOENT;
}

int mib_next(const struct mib *mib, struct view *view, const struct object_id *from, bool inclusive,
             struct object_id *ret_id, struct value *ret_value)
{
    int order = compare_to_root(mib, from);
    struct tail tail = order == 0 ? below_root(mib, from) : (struct tail){NULL, 0};
    uint32_t child = tail.length > 0 ? tail.parts[0] : 0;
    struct search search = {mib, view, tail_after(tail, 1), inclusive};
    int error = -ENOENT;
    if (order > 0)
        return -ENOENT;
    if (child <= CHILD_SCALARS) {
        if (child < CHILD_SCALARS)
            search.from = (struct tail){NULL, 0};
        error = next_scalar(&search, ret_id, ret_value);
        search.from = (struct tail){NULL, 0};
    }
    if (error == -ENOENT && child <= CHILD_TABLES)
        error = next_cell(search, ret_id, ret_value);
    return error;
}
