/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/view.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "exporter/snmp/object_id.h"
#include "exporter/snmp/row_index.h"

struct view_table {
    struct view_row *rows;
    size_t count;
    bool ordered;
};

struct view {
    struct snapshot *snapshot;
    struct arena arena;
    struct view_table *tables; /* by position in tables[] */
};

int view_new(struct snapshot *snapshot, struct view **ret_view)
{
    struct arena arena = ARENA_EMPTY;
    struct view *view = arena_allocate(&arena, sizeof(*view));
    struct view_table *ordered = arena_allocate(&arena, tables_count() * sizeof(*ordered));
    if (!view || !ordered) {
        arena_free(&arena);
        return -ENOMEM;
    }
    *view = (struct view){.snapshot = snapshot_take(snapshot), .arena = arena, .tables = ordered};
    *ret_view = view;
    return 0;
}

void view_free(struct view *view)
{
    if (!view)
        return;
    snapshot_release(view->snapshot);
    /* The view lies in its own arena: take the arena out before it is freed. */
    struct arena arena = view->arena;
    arena_free(&arena);
}

const struct snapshot *view_snapshot(const struct view *view)
{
    return view->snapshot;
}

static int compare_rows(const void *a, const void *b)
{
    const struct view_row *left = a, *right = b;
    return object_id_compare(left->index, left->length, right->index, right->length);
}

static int put_in_order(struct view *view, const struct table *table, struct view_table *ret_table)
{
    size_t count = view->snapshot ? snapshot_row_count(view->snapshot, table) : 0;
    struct view_row *rows = arena_allocate(&view->arena, (count + 1) * sizeof(*rows));
    if (!rows)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        uint32_t parts[ROW_INDEX_MAX];
        size_t length = row_index_write(view->snapshot, table, i, parts);
        uint32_t *index = arena_allocate(&view->arena, length * sizeof(*index));
        if (!index)
            return -ENOMEM;
        memcpy(index, parts, length * sizeof(*index));
        rows[i] = (struct view_row){index, length, i};
    }
    qsort(rows, count, sizeof(*rows), compare_rows);
    *ret_table = (struct view_table){rows, count, true};
    return 0;
}

int view_rows(struct view *view, const struct table *table, const struct view_row **ret_rows, size_t *ret_count)
{
    struct view_table *ordered = &view->tables[tables_position(table)];
    int error = ordered->ordered ? 0 : put_in_order(view, table, ordered);
    if (error < 0)
        return error;
    *ret_rows = ordered->rows;
    *ret_count = ordered->count;
    return 0;
}
