/* SPDX-License-Identifier: Apache-2.0
 * Everything known at one moment: rows of the declared tables. Immutable once published; shared by reference count. */
#ifndef CHOKEPOINT_SNAPSHOT_SNAPSHOT_H
#define CHOKEPOINT_SNAPSHOT_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "snapshot/declaration.h"

struct snapshot;

/* Takes one more reference and returns the same snapshot; NULL gives NULL. Any thread. */
struct snapshot *snapshot_take(struct snapshot *snapshot);

/* Gives one reference back; the last one frees everything. NULL is fine. Any thread. */
void snapshot_release(struct snapshot *snapshot);

/* 1 for the first snapshot of this process, then one more each. */
uint64_t snapshot_sequence(const struct snapshot *snapshot);

/* When it was taken: nanoseconds since 1970-01-01 UTC. */
int64_t snapshot_wall_time(const struct snapshot *snapshot);

/* The same moment on CLOCK_MONOTONIC, which never jumps. */
int64_t snapshot_monotonic_time(const struct snapshot *snapshot);

/* The interval it was taken at, in nanoseconds. */
int64_t snapshot_interval(const struct snapshot *snapshot);

/* Whether this column is a metric in this snapshot: it names one, and its detail is wanted if it is one. */
bool snapshot_serves(const struct snapshot *snapshot, const struct column *column);

/* How many rows the table has. They are sorted by their keys in declared order (numbers by value, text by octets,
 * absent first); `other` rows come last. 0 for internal tables. */
size_t snapshot_row_count(const struct snapshot *snapshot, const struct table *table);

/* Whether the row is the fold of those not shown. */
bool snapshot_is_other(const struct snapshot *snapshot, const struct table *table, size_t row);

/* A number that stays with the row's key while it is shown and is never given twice in this process; the SNMP index
 * of tables whose keys do not fit. 1 or greater. */
uint32_t snapshot_row_number(const struct snapshot *snapshot, const struct table *table, size_t row);

/* Whether the cell is there. */
bool snapshot_has(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column);

/* The text of a TEXT, ADDRESS or ENDPOINT cell, or the spelling of a WORD; "" when absent. Lives with the snapshot. */
const char *snapshot_text(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column);

/* The value of a GAUGE, COUNTER, PORT, BOOLEAN, or a WORD's position; 0 when absent. */
uint64_t snapshot_number(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column);

/* The value of a REAL, or of any whole number as double; 0 when absent. */
double snapshot_real(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column);

#endif
