/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/tally.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static int make_room(struct tally *tally, size_t position)
{
    if (position < tally->capacity)
        return 0;
    size_t capacity = tally->capacity ? tally->capacity * 2 : 128;
    struct tally_value *values = realloc(tally->values, capacity * sizeof(*values));
    if (!values)
        return -ENOMEM;
    tally->values = values;
    tally->capacity = capacity;
    return 0;
}

void tally_value_add(struct tally_value *sum, const struct tally_value *value)
{
    sum->all += value->all;
    sum->part += value->part;
    for (unsigned i = 0; i < TALLY_AGES; i++)
        sum->ages[i] += value->ages[i];
}

size_t tally_add(struct tally *tally, size_t most, const void *key, size_t size, const struct tally_value *value)
{
    size_t known = tally->keys.count;
    bool full = known >= most;
    size_t position = full ? map_find(&tally->keys, key, size) : map_put(&tally->keys, key, size);
    if (position == MAP_NONE && full)
        return MAP_NONE;
    if (position == MAP_NONE || make_room(tally, position) < 0) {
        tally->error = -ENOMEM;
        return MAP_NONE;
    }
    if (position == known)
        tally->values[position] = (struct tally_value){0};
    tally_value_add(&tally->values[position], value);
    return position;
}

void tally_clear(struct tally *tally)
{
    map_clear(&tally->keys);
    tally->error = 0;
}

void tally_free(struct tally *tally)
{
    map_free(&tally->keys);
    free(tally->values);
    *tally = (struct tally){0};
}

static int compare(const void *a, const void *b, void *argument)
{
    const struct tally_value *values = argument;
    uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    if (values[one].all != values[two].all)
        return values[one].all < values[two].all ? 1 : -1;
    return (one > two) - (one < two);
}

int tally_greatest(const struct tally *tally, size_t most, uint32_t **ret_positions)
{
    size_t count = tally->keys.count;
    uint32_t *positions = malloc((count + 1) * sizeof(*positions));
    if (!positions)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        positions[i] = (uint32_t)i;
    if (count > 1)
        qsort_r(positions, count, sizeof(*positions), compare, tally->values);
    *ret_positions = positions;
    return (int)(count < most ? count : most);
}
