/* SPDX-License-Identifier: Apache-2.0
 * What findings remember: rows of finding_memory in the snapshot before, and the same for the one being made. A sample
 * that is dropped has changed nothing. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_MEMORY_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "snapshot/builder.h"

/* Most rows that are remembered; a condition that finds no room never holds for long. */
#define MEMORY_MOST 2000u

struct memory {
    struct builder *builder;
    const struct snapshot *previous;
    double elapsed; /* seconds since it, at most three intervals */
    struct map rows;
    bool *visited; /* by row of the snapshot before */
    size_t put;
};

/* Whose memory it is. The texts are within their columns' bounds. */
struct memory_key {
    const char *finding;
    const char *subject;
    const char *netns;
    const char *name;
};

/* What is remembered of a condition. held is negative while it does not hold, lapsed while it is not over. */
struct memory_state {
    double held;
    double lapsed;
    bool stands;
};

/* What is remembered of a value. */
struct memory_value {
    double last;
    double reference;
    double reference_age;
    double next;
};

/* Starts on what the snapshot before remembers. 0 or -ENOMEM; to be ended in any case. */
int memory_begin(struct builder *builder, struct memory *ret_memory);

/* Gives back what memory_begin() took. */
void memory_end(struct memory *memory);

/* The state of a condition in the sample before; nothing holds and nothing stands where it is not remembered. */
struct memory_state memory_state(struct memory *memory, const struct memory_key *key);

/* The value as of the sample before. False where it is not remembered, and *ret_value is untouched. */
bool memory_value(struct memory *memory, const struct memory_key *key, struct memory_value *ret_value);

/* Remembers; a state of which nothing holds and nothing stands is forgotten. */
void memory_put_state(struct memory *memory, const struct memory_key *key, const struct memory_state *state);
void memory_put_value(struct memory *memory, const struct memory_key *key, const struct memory_value *value);

/* The next condition of this finding, from *row on, that stood in the sample before and was not asked for in this one.
 * False when there is none; *row is set past it. The key's texts live with the snapshot before. */
bool memory_next_left(struct memory *memory, const char *finding, size_t *row, struct memory_key *ret_key);

#endif
