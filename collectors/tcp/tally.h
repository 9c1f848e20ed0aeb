/* SPDX-License-Identifier: Apache-2.0
 * Counts by key, up to a bound on the number of keys. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_TALLY_H
#define CHOKEPOINT_COLLECTORS_TCP_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/map.h"

/* A TIME_WAIT's life is told apart in so many equal parts. */
#define TALLY_AGES 6u

/* all is the sum, part that of what was marked, ages that of TIME_WAITs by age, youngest first. */
struct tally_value {
    uint32_t all;
    uint32_t part;
    uint32_t ages[TALLY_AGES];
};

/* Zero to start with. values runs beside keys. error is sticky until tally_clear(): 0 or -ENOMEM. */
struct tally {
    struct map keys;
    struct tally_value *values;
    size_t capacity;
    int error;
};

/* Adds every field of value to that of sum. */
void tally_value_add(struct tally_value *sum, const struct tally_value *value);

/* Adds to the key's value. Returns the key's position, or MAP_NONE when the key is new and there are most keys already,
 * or memory is short. */
size_t tally_add(struct tally *tally, size_t most, const void *key, size_t size, const struct tally_value *value);

/* Forgets all keys, keeping the memory for reuse. */
void tally_clear(struct tally *tally);

/* Gives the memory back. */
void tally_free(struct tally *tally);

/* The positions of the greatest values (by all), greatest first, at most `most`. Returns how many, or -ENOMEM; the
 * caller frees *ret_positions. */
int tally_greatest(const struct tally *tally, size_t most, uint32_t **ret_positions);

#endif
