/* SPDX-License-Identifier: Apache-2.0
 * What builder.c, fold.c and snapshot.c share: how rows lie in memory. Nobody else includes this. */
#ifndef CHOKEPOINT_SNAPSHOT_ROWS_H
#define CHOKEPOINT_SNAPSHOT_ROWS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "snapshot/builder.h"

union cell {
    uint64_t number;
    double real;
    const char *text;
};

/* present: one bit a column. raw: the source's totals of the counters of a bounded table, by column; NULL elsewhere. */
struct row {
    union cell *cells;
    uint64_t *raw;
    uint64_t present;
    uint64_t others;  /* > 0: the sum of so many rows, to be folded */
    int64_t deserved; /* when it last deserved its place: builder_now() of that sample */
    double weight;    /* while a table is folded: what it is ranked by */
    double peak;      /* while shown: its greatest rank since peak_at, which is at most the hold time ago */
    int64_t peak_at;
    uint32_t number; /* see snapshot_row_number(); 0: none yet */
    bool weak;
    bool shown;
    bool other;
};

struct row_list {
    struct row *rows;
    size_t count;
};

/* The rows of one table. shown is what readers see, in order. remembered holds, sorted by key, what the next sample
 * must know: who is or was shown, and the totals of the hidden ones of tables with counters. */
struct table_rows {
    struct row_list shown;
    struct row_list remembered;
    uint64_t rows_folded; /* running total over all samples */
    unsigned cap;         /* most rows that max_series left room for; 0: no such limit */
    unsigned series;
};

struct snapshot {
    atomic_uint references;
    struct arena arena; /* holds everything, this struct too */
    uint64_t sequence;
    int64_t now;
    int64_t wall_now;
    int64_t interval;
    bool detail;
    uint32_t next_number;
    struct table_rows *tables; /* tables_count() entries */
};

/* Compares the key cells of two rows of one table: absent first, then by value. */
int row_compare_keys(const struct table *table, const struct row *a, const struct row *b);

/* Whether the two rows agree in the key columns that a fold keeps. */
bool row_same_kept_keys(const struct table *table, const struct row *a, const struct row *b);

/* Whether the cell is present. */
bool row_has(const struct row *row, unsigned column);

/* The cell as snapshot_text(), snapshot_number() and snapshot_real() give it. */
const char *row_text(const struct table *table, const struct row *row, unsigned column);
uint64_t row_number(const struct table *table, const struct row *row, unsigned column);
double row_real(const struct table *table, const struct row *row, unsigned column);

/* Sets the cell as present. */
void row_set(struct row *row, unsigned column, union cell cell);

/* Adds row to sum by the columns' fold rules; values only. */
void row_fold_values(const struct table *table, struct row *sum, const struct row *row);

/* Series that the row gives: its present cells whose columns are served. */
unsigned row_series(const struct table *table, const struct row *row, bool detail);

/* Copies a row's cells, with their text, into arena. Returns 0 or -ENOMEM. */
int row_copy(const struct table *table, struct arena *arena, const struct row *from, struct row *ret_row);

/* Sorts an array of rows by key. */
void rows_sort(const struct table *table, struct row *rows, size_t count);

/* The row of a sorted list with these keys, or NULL. *at, 0 to begin with, moves on: the keys that are looked for one
 * after the other are sorted, too. */
const struct row *rows_step_to(const struct table *table, const struct row_list *list, size_t *at,
                               const struct row *key);

/* Whether the table has counters and a bound, so that the builder must keep their totals. */
bool table_counts(const struct table *table);

/* Merges rows with equal keys by the columns' fold rules; rows are sorted by key. Returns how many are left. */
size_t rows_merge(const struct table *table, struct row *rows, size_t count);

/* How one table is folded. */
struct fold {
    const struct table *table;
    unsigned max_rows; /* 0: unbounded */
    int64_t now;
    int64_t hold;
    bool detail;
    const struct table_rows *previous; /* NULL for the first sample */
    struct arena *arena;               /* of the snapshot that is made */
    struct arena *scratch;             /* freed after the sample */
    uint32_t *next_number;
};

/* Chooses who is shown, folds the rest into `other` rows, and notes what the next sample must remember. candidates are
 * sorted and merged; others are the rows that a source folded itself. Fills *ret_rows. 0 or -ENOMEM. */
int fold_table(const struct fold *fold, const struct row_list *candidates, const struct row_list *others,
               struct table_rows *ret_rows);

#endif
