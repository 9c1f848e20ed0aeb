/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/known.h"

#include <stdlib.h>

#include "base/map.h"

#define FIRST_CAPACITY 64u
#define KIND_MASK      3u
#define REACH          64u /* so many messages in a row may have left since the last reading */

static uint32_t hash_of(const char *name, size_t length)
{
    return map_hash(name, length) & ~KIND_MASK;
}

bool known_find(struct known *known, const char *name, size_t length, unsigned *ret_kind, uint32_t *ret_value)
{
    uint32_t hash = hash_of(name, length);
    for (size_t i = known->next; i < known->count && i < known->next + REACH; i++) {
        const struct known_answer *item = &known->items[i];
        if ((item->tag & ~KIND_MASK) != hash)
            continue;
        known->next = i + 1;
        *ret_kind = item->tag & KIND_MASK;
        *ret_value = item->value;
        return true;
    }
    return false;
}

static bool make_room(struct known *known)
{
    if (known->count < known->capacity)
        return true;
    size_t capacity = known->capacity > 0 ? known->capacity + known->capacity / 2 : FIRST_CAPACITY;
    struct known_answer *items = realloc(known->items, capacity * sizeof(*items));
    if (!items)
        return false;
    known->items = items;
    known->capacity = capacity;
    return true;
}

bool known_add(struct known *known, size_t limit, const char *name, size_t length, unsigned kind, uint32_t value)
{
    if (known->count >= limit || !make_room(known))
        return false;
    known->items[known->count++] = (struct known_answer){hash_of(name, length) | (kind & KIND_MASK), value};
    return true;
}

void known_replace(struct known *known, struct known fresh)
{
    known_free(known);
    *known = fresh;
    known->next = 0;
    /* A list that cannot be made smaller is still right. */
    struct known_answer *exact = fresh.count > 0 ? realloc(fresh.items, fresh.count * sizeof(*exact)) : NULL;
    if (exact) {
        known->items = exact;
        known->capacity = fresh.count;
    }
}

void known_free(struct known *known)
{
    free(known->items);
    *known = (struct known){0};
}
