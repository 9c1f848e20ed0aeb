/* SPDX-License-Identifier: Apache-2.0
 * Counts by key, up to a bound on the number of keys. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_TALLY_H
#define CHOKEPOINT_COLLECTORS_TCP_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/map.h"

/* all is the sum, part that of what was marked. */
struct tally_value {
    uint32_t all;
    uint32_t part;
};

/* Zero to start with. values runs beside keys. error is sticky until tally_clear(): 0 or -ENOMEM. */
struct tally {
    struct map keys;
    struct tally_value *values;
    size_t capacity;
    int error;
};

/* Adds to the key's value. Returns the key's position, or MAP_NONE when the key is new and there are most keys already,
 * or memory is short. */
size_t tally_add(struct tally *tally, size_t most, const void *key, size_t size, struct tally_value value);

/* Forgets all keys, keeping the memory for reuse. */
void tally_clear(struct tally *tally);

/* Gives the memory back. */
void tally_free(struct tally *tally);

/* The positions of the greatest values (by all), greatest first, at most `most`. Returns how many, or -ENOMEM; the
 * caller frees *ret_positions. */
int tally_greatest(const struct tally *tally, size_t most, uint32_t **ret_positions);

#endif
