/* SPDX-License-Identifier: Apache-2.0
 * Byte strings to dense numbers: the first key put is 0, the next 1. Values live in arrays of the caller beside it.
 * Keyed with a per-process random seed, so that hostile names cannot make chains. */
#ifndef CHOKEPOINT_BASE_MAP_H
#define CHOKEPOINT_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define MAP_NONE SIZE_MAX

struct map_entry {
    const void *key;
    uint32_t size;
    uint32_t hash;
};

/* Start with MAP_EMPTY. entries[0..count) are the keys in the order they were put. */
struct map {
    struct map_entry *entries;
    uint32_t *slots;
    size_t count;
    size_t capacity;
    size_t slot_count;
    struct arena keys;
};

#define MAP_EMPTY ((struct map){NULL, NULL, 0, 0, 0, ARENA_EMPTY})

/* The number of this key, given now if it is new (the key is copied). MAP_NONE when memory is short. */
size_t map_put(struct map *map, const void *key, size_t size);

/* The number of this key, or MAP_NONE. */
size_t map_find(const struct map *map, const void *key, size_t size);

/* Forgets all keys, keeping the tables for reuse. */
void map_clear(struct map *map);

/* Gives the memory back. */
void map_free(struct map *map);

/* The hash that the map uses; for callers that need one of their own. */
uint32_t map_hash(const void *key, size_t size);

#endif
