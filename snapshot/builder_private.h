/* SPDX-License-Identifier: Apache-2.0
 * What builder.c fills and finish.c turns into a snapshot. Nobody else includes this. */
#ifndef CHOKEPOINT_SNAPSHOT_BUILDER_PRIVATE_H
#define CHOKEPOINT_SNAPSHOT_BUILDER_PRIVATE_H

#include "snapshot/rows.h"

/* Rows stand in one list in the order they were begun, so that a roll-back only shortens it. */
struct entry {
    struct row row;
    unsigned table; /* position in tables[] */
};

/* Where the rows of one table stand in that list. */
struct index {
    size_t *entries;
    size_t count;
    size_t capacity;
};

struct builder {
    struct builder_settings settings;
    struct snapshot *previous;
    struct arena scratch;
    struct entry *entries;
    size_t count;
    size_t capacity;
    struct index *indexes; /* tables_count() of them */
    int64_t now;
    int64_t wall_now;
    int error;
};

#endif
