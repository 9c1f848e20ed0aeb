/* SPDX-License-Identifier: Apache-2.0
 * Fills a snapshot. The first error sticks and everything after it is ignored, so collectors need no check per cell;
 * builder_finish() tells. A source that fails is rolled back alone.
 *
 *     builder_row(builder, &table_listeners);
 *     builder_text(builder, LISTENERS_PROCESS, "nginx");
 *     builder_number(builder, LISTENERS_PORT, 443);
 *
 * Bounded tables are cut to their best rows in builder_finish(); what is cut becomes the row `other`. Who is shown is
 * remembered in the snapshot before (its previous one), so rows do not flap: a row stays for the hold time after it
 * last deserved its place, and a newcomer must be clearly greater than a row that is there.
 * A counter cell is given as the source's own running total; in bounded tables the builder turns it into a series that
 * starts when the row is first shown, and `other` counts only what is not shown: nothing migrates and nothing falls. */
#ifndef CHOKEPOINT_SNAPSHOT_BUILDER_H
#define CHOKEPOINT_SNAPSHOT_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot/declaration.h"
#include "snapshot/snapshot.h"

struct builder;

/* detail: whether columns marked so are metrics. max_series: most series of the whole exposition, 0 for no limit. hold:
 * how long a row stays shown after it last deserved it, in nanoseconds. max_rows: for each table of tables[], its bound
 * instead of the declared one; 0 keeps that; NULL keeps all. */
struct builder_settings {
    int64_t interval;
    bool detail;
    size_t max_series;
    int64_t hold;
    const unsigned *max_rows;
};

#define BUILDER_HOLD (INT64_C(600) * 1000000000)

/* A point to roll back to. */
struct builder_mark {
    size_t rows;
};

/* Starts a snapshot taken now. previous, NULL for the first, is kept by reference until the builder is freed.
 * 0 or -ENOMEM. */
int builder_new(const struct builder_settings *settings, struct snapshot *previous, struct builder **ret_builder);

/* Drops the builder and all that was put in it. NULL is fine. */
void builder_free(struct builder *builder);

/* Begins a row of this table; the cells set next belong to it. Cells not set are absent. */
void builder_row(struct builder *builder, const struct table *table);

/* Sets a TEXT, ADDRESS, ENDPOINT or NOTE cell; NULL leaves it absent. Ill-formed UTF-8 and length are mended. */
void builder_text(struct builder *builder, unsigned column, const char *value);

/* The same for bytes that may hold zeroes. */
void builder_bytes(struct builder *builder, unsigned column, const char *bytes, size_t length);

/* Sets a GAUGE, COUNTER, PORT, BOOLEAN or WORD cell. */
void builder_number(struct builder *builder, unsigned column, uint64_t value);

/* Sets a REAL cell. NaN leaves it absent. */
void builder_real(struct builder *builder, unsigned column, double value);

/* Says that the row being filled is shown only if it is among the greatest `always` ones of its table. */
void builder_weak(struct builder *builder);

/* Says that the row being filled is already the sum of rows that the source did not give one by one: it joins `other`.
 */
void builder_others(struct builder *builder, size_t rows);

/* The present point, for builder_roll_back(). */
struct builder_mark builder_mark(const struct builder *builder);

/* Forgets every row begun since the mark. */
void builder_roll_back(struct builder *builder, struct builder_mark mark);

/* The first error so far: 0, -ENOMEM, or -EINVAL for a cell that does not fit its column (a defect of ours). */
int builder_error(const struct builder *builder);

/* Makes the whole sample fail with this error (negative errno), unless it has failed already: for an analysis that is
 * short of memory. */
void builder_fail(struct builder *builder, int error);

/* Reading back, for the analysis. Rows of one table are numbered in the order they were begun. */
size_t builder_row_count(const struct builder *builder, const struct table *table);
bool builder_has(const struct builder *builder, const struct table *table, size_t row, unsigned column);
const char *builder_get_text(const struct builder *builder, const struct table *table, size_t row, unsigned column);
uint64_t builder_get_number(const struct builder *builder, const struct table *table, size_t row, unsigned column);
double builder_get_real(const struct builder *builder, const struct table *table, size_t row, unsigned column);

/* The snapshot before this one, or NULL: the short history that analysis may use. Borrowed. */
const struct snapshot *builder_previous(const struct builder *builder);

/* When the sample is taken: CLOCK_MONOTONIC and wall clock, read once in builder_new(). */
int64_t builder_now(const struct builder *builder);
int64_t builder_wall_now(const struct builder *builder);

/* The most series of the whole exposition, 0 for no limit. */
size_t builder_max_series(const struct builder *builder);

/* Folds, sorts, checks and hands out the snapshot with one reference; free the builder afterwards in any case.
 * On failure returns the sticky error, and nothing has changed: previous stays what it was. */
int builder_finish(struct builder *builder, struct snapshot **ret_snapshot);

#endif
