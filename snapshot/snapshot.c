/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/snapshot.h"

#include "snapshot/rows.h"

struct snapshot *snapshot_take(struct snapshot *snapshot)
{
    if (snapshot)
        atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
    return snapshot;
}

void snapshot_release(struct snapshot *snapshot)
{
    if (!snapshot || atomic_fetch_sub_explicit(&snapshot->references, 1, memory_order_acq_rel) != 1)
        return;
    /* The struct lies in its own arena: take the arena out before it is freed. */
    struct arena arena = snapshot->arena;
    arena_free(&arena);
}

uint64_t snapshot_sequence(const struct snapshot *snapshot)
{
    return snapshot->sequence;
}

int64_t snapshot_monotonic_time(const struct snapshot *snapshot)
{
    return snapshot->now;
}

int64_t snapshot_wall_time(const struct snapshot *snapshot)
{
    return snapshot->wall_now;
}

int64_t snapshot_interval(const struct snapshot *snapshot)
{
    return snapshot->interval;
}

bool snapshot_serves(const struct snapshot *snapshot, const struct column *column)
{
    return column->metric && (snapshot->detail || !column->detail);
}

static const struct row *row_at(const struct snapshot *snapshot, const struct table *table, size_t row)
{
    return &snapshot->tables[tables_position(table)].shown.rows[row];
}

size_t snapshot_row_count(const struct snapshot *snapshot, const struct table *table)
{
    return snapshot->tables[tables_position(table)].shown.count;
}

bool snapshot_is_other(const struct snapshot *snapshot, const struct table *table, size_t row)
{
    return row_at(snapshot, table, row)->other;
}

uint32_t snapshot_row_number(const struct snapshot *snapshot, const struct table *table, size_t row)
{
    return row_at(snapshot, table, row)->number;
}

bool snapshot_has(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column)
{
    return row_has(row_at(snapshot, table, row), column);
}

const char *snapshot_text(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column)
{
    return row_text(table, row_at(snapshot, table, row), column);
}

uint64_t snapshot_number(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column)
{
    return row_number(table, row_at(snapshot, table, row), column);
}

double snapshot_real(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column)
{
    return row_real(table, row_at(snapshot, table, row), column);
}
