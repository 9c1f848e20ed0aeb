/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"

#define FIRST_SLOTS 64u

/* Mixes eight bytes at a time by a multiplication whose halves are folded together: short keys cost a few
 * nanoseconds, and without the seed nobody can choose keys that meet. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_seed(void)
{
    static _Atomic uint64_t seed;
    uint64_t value = seed;
    if (value == 0) {
        value = random_number() | 1;
        seed = value;
    }
    return value;
}

static uint64_t word_at(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof(word));
    return word;
}

static uint64_t tail_of(const unsigned char *bytes, size_t size)
{
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

uint32_t map_hash(const void *key, size_t size)
{
    const unsigned char *bytes = key;
    const uint64_t seed = hash_seed(), factor = UINT64_C(0x9e3779b97f4a7c15) ^ seed;
    uint64_t hash = seed ^ size;
    size_t left = size;
    for (; left >= 16; bytes += 16, left -= 16)
        hash = mix(hash ^ word_at(bytes), factor ^ word_at(bytes + 8));
    if (left >= 8) {
        hash = mix(hash ^ word_at(bytes), factor);
        bytes += 8;
        left -= 8;
    }
    if (left > 0)
        hash = mix(hash ^ tail_of(bytes, left), factor);
    return (uint32_t)(hash ^ (hash >> 32));
}

static size_t slot_of(const struct map *map, const void *key, size_t size, uint32_t hash)
{
    size_t slot = hash & (map->slot_count - 1);
    while (map->slots[slot]) {
        const struct map_entry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->hash == hash && entry->size == size && memcmp(entry->key, key, size) == 0)
            break;
        slot = (slot + 1) & (map->slot_count - 1);
    }
    return slot;
}

static int grow(struct map *map)
{
    size_t slot_count = map->slot_count ? map->slot_count * 2 : FIRST_SLOTS;
    uint32_t *slots = calloc(slot_count, sizeof(*slots));
    struct map_entry *entries = slots ? realloc(map->entries, slot_count / 2 * sizeof(*entries)) : NULL;
    if (!entries) {
        free(slots);
        return -1;
    }
    for (size_t i = 0; i < map->count; i++) {
        size_t slot = entries[i].hash & (slot_count - 1);
        while (slots[slot])
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = (uint32_t)(i + 1);
    }
    free(map->slots);
    map->slots = slots;
    map->slot_count = slot_count;
    map->entries = entries;
    map->capacity = slot_count / 2;
    return 0;
}

size_t map_put(struct map *map, const void *key, size_t size)
{
    if (map->count == map->capacity && (map->count >= UINT32_MAX / 4 || grow(map) < 0))
        return MAP_NONE;
    uint32_t hash = map_hash(key, size);
    size_t slot = slot_of(map, key, size, hash);
    if (map->slots[slot])
        return map->slots[slot] - 1;
    char *copy = arena_copy(&map->keys, key, size);
    if (!copy)
        return MAP_NONE;
    map->entries[map->count] = (struct map_entry){copy, (uint32_t)size, hash};
    map->slots[slot] = (uint32_t)++map->count;
    return map->count - 1;
}

size_t map_find(const struct map *map, const void *key, size_t size)
{
    if (map->count == 0)
        return MAP_NONE;
    size_t slot = slot_of(map, key, size, map_hash(key, size));
    return map->slots[slot] ? map->slots[slot] - 1 : MAP_NONE;
}

void map_clear(struct map *map)
{
    if (map->slots)
        memset(map->slots, 0, map->slot_count * sizeof(*map->slots));
    map->count = 0;
    arena_free(&map->keys);
}

void map_free(struct map *map)
{
    free(map->entries);
    free(map->slots);
    arena_free(&map->keys);
    *map = MAP_EMPTY;
}
