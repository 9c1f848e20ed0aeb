/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/connects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "snapshot/tables/tcp_events.h"

/* Compared as bytes: no padding. */
struct connects_key {
    struct tcp_address destination;
    struct owner owner;
    uint16_t port; /* 0: a bind() that failed before there was a destination */
    uint16_t lost; /* 1: the destination was lost, groups being too many */
    uint32_t zero;
};

struct connects {
    uint64_t begun;
    uint64_t failures[EVENT_FAILURES];
};

struct table_of_connects {
    struct map keys;
    struct connects *values;
    size_t capacity;
};

static bool is_full(const struct pool *pool, const struct port_range *range)
{
    uint32_t all = (uint32_t)range->high - range->low + 1 - port_range_reserved(range);
    return pool->used * UINT64_C(10) >= all * UINT64_C(9);
}

static bool may_find_no_port(const struct count *count, const struct event_key *key)
{
    struct tcp_address source;
    memcpy(source.bytes, key->source, sizeof(source.bytes));
    for (unsigned i = 0; i < count->pools.count; i++) {
        const struct pool *pool = count->pools.items[i];
        bool its = tcp_address_is_any(&source) || memcmp(&pool->source, &source, sizeof(source)) == 0;
        if (its && is_full(pool, count->rules.range))
            return true;
    }
    return false;
}

void connects_judge_binds(const struct merge *merge, struct tidy *tidy, const struct count *count)
{
    for (uint32_t i = EVENT_NOWHERE; i < events_group_count(merge->events); i++) {
        const struct event_group *group = &events_memory(merge->events)->groups[i];
        struct tidy_group *known = &tidy->groups[i];
        if (!merge_shows(merge, group) || group->bind_failures == known->binds)
            continue;
        if (may_find_no_port(count, &group->key))
            known->binds_without_port += group->bind_failures - known->binds;
        known->binds = group->bind_failures;
    }
}

static struct connects *find(struct table_of_connects *table, const struct connects_key *key)
{
    size_t known = table->keys.count, position = map_put(&table->keys, key, sizeof(*key));
    if (position == MAP_NONE)
        return NULL;
    if (position >= table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : 64;
        struct connects *values = realloc(table->values, capacity * sizeof(*values));
        if (!values)
            return NULL;
        table->values = values;
        table->capacity = capacity;
    }
    if (position == known)
        table->values[position] = (struct connects){0};
    return &table->values[position];
}

static int add_group(const struct merge *merge, const struct tidy *tidy, struct table_of_connects *table,
                     uint32_t number)
{
    const struct event_group *group = &events_memory(merge->events)->groups[number];
    const struct tidy_group *known = &tidy->groups[number];
    static const uint8_t none[16];
    struct connects_key key;
    memset(&key, 0, sizeof(key));
    key.owner = event_owners_find(merge->owners, number);
    key.port = group->key.port;
    key.lost = key.port != 0 && memcmp(group->key.destination, none, sizeof(none)) == 0;
    memcpy(key.destination.bytes, group->key.destination, sizeof(key.destination.bytes));
    struct connects *sum = find(table, &key);
    if (!sum)
        return -ENOMEM;
    sum->begun += group->connects;
    for (unsigned i = 0; i < EVENT_FAILURES; i++)
        sum->failures[i] += group->failures[i];
    sum->failures[EVENT_NO_PORT] += known->binds_without_port;
    sum->failures[EVENT_OTHER] += known->binds - known->binds_without_port;
    return 0;
}

static void put_row(const struct merge *merge, const struct connects_key *key, const struct connects *value,
                    const char *netns, struct builder *builder)
{
    char destination[TCP_ENDPOINT_TEXT] = "*";
    const struct names *names = &merge->owners->attribution->names;
    if (key->port != 0)
        tcp_endpoint_format(destination, &key->destination, key->port);
    builder_row(builder, &table_tcp_connects);
    if (key->lost)
        builder_others(builder, 1);
    builder_text(builder, TCP_CONNECTS_NETNS, netns);
    if (!key->lost) {
        builder_text(builder, TCP_CONNECTS_PROCESS, names_text(names, key->owner.process));
        builder_text(builder, TCP_CONNECTS_UNIT, names_text(names, key->owner.unit));
        builder_text(builder, TCP_CONNECTS_DESTINATION, destination);
    }
    if (key->port != 0)
        builder_number(builder, TCP_CONNECTS_BEGUN, value->begun);
    for (unsigned i = 0; i < EVENT_FAILURES; i++)
        if (value->failures[i] > 0)
            builder_number(builder, TCP_CONNECTS_FAILURES + i, value->failures[i]);
}

int connects_put(const struct merge *merge, const struct tidy *tidy, const char *netns, struct builder *builder)
{
    struct table_of_connects table = {.keys = MAP_EMPTY};
    int error = 0;
    for (uint32_t i = EVENT_NOWHERE; i < events_group_count(merge->events) && error == 0; i++) {
        const struct event_group *group = &events_memory(merge->events)->groups[i];
        if (merge_shows(merge, group) && (group->connects > 0 || tidy->groups[i].binds > 0))
            error = add_group(merge, tidy, &table, i);
    }
    for (size_t i = 0; i < table.keys.count && error == 0; i++)
        put_row(merge, table.keys.entries[i].key, &table.values[i], netns, builder);
    free(table.values);
    map_free(&table.keys);
    return error;
}
