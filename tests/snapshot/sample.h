/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the snapshot share: beginning and ending a sample in one line. */
#ifndef CHOKEPOINT_TESTS_SNAPSHOT_SAMPLE_H
#define CHOKEPOINT_TESTS_SNAPSHOT_SAMPLE_H

#include <string.h>

#include "snapshot/builder.h"
#include "tests/cmocka.h"
#include "tests/fakes/clock.h"

#define SAMPLE_SECOND INT64_C(1000000000)

/* A builder five seconds after the last one, on top of previous. */
static inline struct builder *sample_begin(struct snapshot *previous, size_t max_series)
{
    const struct builder_settings settings = {
        .interval = 5 * SAMPLE_SECOND, .max_series = max_series, .hold = BUILDER_HOLD};
    struct builder *builder;
    fake_clock_advance(5 * SAMPLE_SECOND);
    assert_int_equal(builder_new(&settings, previous, &builder), 0);
    return builder;
}

/* Finishes it and gives up the previous snapshot. */
static inline struct snapshot *sample_end(struct builder *builder, struct snapshot *previous)
{
    struct snapshot *snapshot = NULL;
    assert_int_equal(builder_finish(builder, &snapshot), 0);
    builder_free(builder);
    snapshot_release(previous);
    return snapshot;
}

/* The row whose text in this column is value, or -1. */
static inline long sample_find(const struct snapshot *snapshot, const struct table *table, unsigned column,
                               const char *value)
{
    for (size_t i = 0; i < snapshot_row_count(snapshot, table); i++)
        if (strcmp(snapshot_text(snapshot, table, i, column), value) == 0)
            return (long)i;
    return -1;
}

#endif
