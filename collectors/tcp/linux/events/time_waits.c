/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/time_waits.h"

#include <stdbool.h>

/* So many sets are asked of memory at once: each lies somewhere else. */
#define AHEAD 16u

static struct event_set *set_of(const struct events_memory *memory, uint64_t hash, bool second)
{
    return &memory->tuples[event_tuple_set(hash, second)];
}

static __u64 *find_in(struct event_set *set, uint64_t hash)
{
    for (unsigned i = 0; i < EVENT_SET; i++)
        if (set->entries[i] != 0 && ((set->entries[i] ^ hash) & EVENT_TUPLE_TAG) == 0)
            return &set->entries[i];
    return NULL;
}

static __u64 *find_place(const struct events_memory *memory, uint64_t hash)
{
    __u64 *place = find_in(set_of(memory, hash, false), hash);
    return !place && *memory->spilled ? find_in(set_of(memory, hash, true), hash) : place;
}

static __u64 *find_free(struct event_set *set, uint32_t now)
{
    for (unsigned i = 0; i < EVENT_SET; i++)
        if (event_tuple_is_over(set->entries[i], now))
            return &set->entries[i];
    return NULL;
}

uint32_t time_waits_find(const struct events_memory *memory, uint64_t hash)
{
    const __u64 *place = find_place(memory, hash);
    return place ? (uint32_t)(*place >> 16 & 0xffff) : 0;
}

void time_waits_put(const struct events_memory *memory, uint32_t now, uint64_t hash, uint64_t entry)
{
    __u64 *place = find_place(memory, hash);
    if (!place)
        place = find_free(set_of(memory, hash, false), now);
    if (!place) {
        struct event_set *second = set_of(memory, hash, true);
        *memory->spilled = 1;
        place = find_free(second, now);
        if (!place)
            place = &second->entries[hash >> 32 & (EVENT_SET - 1)];
    }
    __atomic_store_n(place, entry, __ATOMIC_RELAXED);
}

/* The next that is written, which is taken from the list; false: none. */
static bool take_next(const struct events_memory *memory, struct event_arrival *ret_arrival)
{
    uint64_t taken = memory->arrivals->taken;
    struct event_arrival *arrival = &memory->arrived[taken & (EVENT_ARRIVALS - 1)];
    if (taken == __atomic_load_n(&memory->arrivals->listed, __ATOMIC_RELAXED))
        return false;
    ret_arrival->entry = __atomic_load_n(&arrival->entry, __ATOMIC_ACQUIRE);
    if (ret_arrival->entry == 0)
        return false;
    ret_arrival->hash = arrival->hash;
    arrival->entry = 0;
    __atomic_store_n(&memory->arrivals->taken, taken + 1, __ATOMIC_RELEASE);
    return true;
}

void time_waits_take(const struct events_memory *memory, uint32_t now)
{
    struct event_arrival arrivals[AHEAD];
    unsigned count = AHEAD;
    while (count == AHEAD) {
        for (count = 0; count < AHEAD && take_next(memory, &arrivals[count]); count++)
            __builtin_prefetch(set_of(memory, arrivals[count].hash, false), 1);
        for (unsigned i = 0; i < count; i++)
            time_waits_put(memory, now, arrivals[i].hash, arrivals[i].entry);
    }
}
