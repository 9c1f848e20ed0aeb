/* SPDX-License-Identifier: Apache-2.0
 * From counts to the rows that the analysis of ports begins with. */
#include <errno.h>
#include <stdlib.h>

#include "collectors/tcp/count_put.h"

/* More than the table shows, so that the choice of rows stays with the snapshot and its memory. */
#define MOST_DESTINATION_ROWS 256u

static const struct destination_key *destination_at(const struct put *put, size_t position)
{
    return put->sums->destinations.keys.entries[position].key;
}

static void put_ends(const struct put *put, const unsigned columns[3], const struct destination_key *key)
{
    char source[TCP_ADDRESS_TEXT], destination[TCP_ENDPOINT_TEXT];
    tcp_address_format(source, &key->source);
    tcp_endpoint_format(destination, &key->destination, key->port);
    builder_text(put->builder, columns[0], source);
    builder_text(put->builder, columns[1], destination);
    builder_text(put->builder, columns[2], put->output->netns);
}

/* Those that entered in the first part of their life, over how long that is. Where they may be reused many end before:
 * then at least those that may not yet. */
static double entered_per_second(const struct put *put, const struct tally_value *value, uint32_t live)
{
    double entered = value->ages[0] * 1000.0 * TALLY_AGES / put->count->rules.time_wait_ms;
    double fresh = value->part > 0 ? (value->all - value->part - live) * 1000.0 / COUNT_REUSE_AGE_MS : 0;
    return entered > fresh ? entered : fresh;
}

/* Where somebody counted them, that; else what the history makes of the samples. */
static void put_taken(const struct put *put, const struct destination_key *key, const struct history_entry *known)
{
    const struct tally *taken = &put->count->taken;
    size_t position = map_find(&taken->keys, key, sizeof(*key));
    if (put->count->tells_taken)
        builder_number(put->builder, TCP_ENDPOINTS_TAKEN, position == MAP_NONE ? 0 : taken->values[position].all);
    else if (known)
        builder_number(put->builder, TCP_ENDPOINTS_TAKEN, known->taken_total);
}

static void put_destination(const struct put *put, size_t position, const struct tally_value *value)
{
    static const unsigned ends[] = {TCP_ENDPOINTS_SOURCE, TCP_ENDPOINTS_DESTINATION, TCP_ENDPOINTS_NETNS};
    const struct destination_key *key = destination_at(put, position);
    const struct tally_value live = sums_live(put->sums, position);
    const struct history_ports ports = {live.all, live.part, value->all - value->part,
                                        entered_per_second(put, value, live.all)};
    const struct history_entry *known = history_note_ports(put->output->history, key, &ports);
    builder_row(put->builder, &table_tcp_endpoints);
    put_ends(put, ends, key);
    builder_number(put->builder, TCP_ENDPOINTS_USED, value->all);
    builder_number(put->builder, TCP_ENDPOINTS_REUSABLE, value->part);
    builder_number(put->builder, TCP_ENDPOINTS_LOOPBACK, tcp_address_is_loopback(&key->destination));
    builder_number(put->builder, TCP_ENDPOINTS_PEAK, known ? history_peak(known) : ports.held);
    put_taken(put, key, known);
    for (unsigned i = 0; i < TALLY_AGES; i++)
        builder_number(put->builder, TCP_ENDPOINTS_AGE + i, value->ages[i]);
}

static void put_holder(const struct put *put, const struct holder_key *holder, uint32_t used)
{
    static const unsigned ends[] = {TCP_HOLDERS_SOURCE, TCP_HOLDERS_DESTINATION, TCP_HOLDERS_NETNS};
    builder_row(put->builder, &table_tcp_holders);
    put_ends(put, ends, destination_at(put, holder->destination));
    count_put_owner(put, TCP_HOLDERS_PROCESS, TCP_HOLDERS_UNIT, holder->owner);
    builder_number(put->builder, TCP_HOLDERS_USED, used);
}

/* Those of the destinations shown one by one, and one row for all others, so that ports by holder sum up to all. */
static void put_holders(const struct put *put, const bool *shown)
{
    const struct tally *holders = &put->sums->holders;
    uint64_t others = 0;
    for (size_t i = 0; i < holders->keys.count; i++) {
        const struct holder_key *holder = holders->keys.entries[i].key;
        uint32_t used = holders->values[i].all;
        if (holder->destination != SUMS_NO_DESTINATION && shown[holder->destination])
            put_holder(put, holder, used);
        else
            others += used;
    }
    if (others == 0)
        return;
    builder_row(put->builder, &table_tcp_holders);
    builder_text(put->builder, TCP_HOLDERS_DESTINATION, "other");
    builder_text(put->builder, TCP_HOLDERS_NETNS, put->output->netns);
    builder_number(put->builder, TCP_HOLDERS_USED, others);
}

static void put_other_destinations(const struct put *put, const struct tally_value *value)
{
    builder_row(put->builder, &table_tcp_endpoints);
    builder_text(put->builder, TCP_ENDPOINTS_DESTINATION, "other");
    builder_text(put->builder, TCP_ENDPOINTS_NETNS, put->output->netns);
    builder_number(put->builder, TCP_ENDPOINTS_USED, value->all);
    builder_number(put->builder, TCP_ENDPOINTS_REUSABLE, value->part);
}

static int put_destinations(const struct put *put)
{
    const struct tally *destinations = &put->sums->destinations;
    struct tally_value others = put->sums->lost_destinations;
    uint32_t *order;
    int greatest = tally_greatest(destinations, MOST_DESTINATION_ROWS, &order);
    bool *shown = calloc(destinations->keys.count + 1, sizeof(*shown));
    if (greatest < 0 || !shown) {
        if (greatest >= 0)
            free(order);
        free(shown);
        return -ENOMEM;
    }
    for (size_t i = 0; i < destinations->keys.count; i++) {
        const struct tally_value *value = &destinations->values[order[i]];
        if (i < (size_t)greatest) {
            shown[order[i]] = true;
            put_destination(put, order[i], value);
        } else {
            tally_value_add(&others, value);
        }
    }
    put_holders(put, shown);
    if (others.all > 0)
        put_other_destinations(put, &others);
    free(order);
    free(shown);
    return 0;
}

/* All sockets that draw from one pool. */
static void put_drawn(const struct put *put, const struct tally_value *drawn)
{
    builder_number(put->builder, TCP_POOLS_SOCKETS, drawn->all);
    for (unsigned i = 0; i < TALLY_AGES; i++)
        builder_number(put->builder, TCP_POOLS_AGE + i, drawn->ages[i]);
}

static void put_pools(const struct put *put)
{
    const struct pools *pools = &put->count->pools;
    for (unsigned i = 0; i < pools->count; i++) {
        char source[TCP_ADDRESS_TEXT] = "*";
        bool v6 = !tcp_address_is_v4(&pools->items[i]->source);
        if (!put->count->rules.one_pool)
            tcp_address_format(source, &pools->items[i]->source);
        builder_row(put->builder, &table_tcp_pools);
        builder_text(put->builder, TCP_POOLS_SOURCE, source);
        builder_text(put->builder, TCP_POOLS_NETNS, put->output->netns);
        builder_number(put->builder, TCP_POOLS_V6, v6);
        builder_number(put->builder, TCP_POOLS_USED, pools->items[i]->used);
        if (put->count->rules.one_pool)
            put_drawn(put, &put->count->drawn[v6]);
    }
}

static void put_bounds(const struct put *put, const struct port_range *range)
{
    builder_number(put->builder, TCP_RANGES_LOW, range->low);
    builder_number(put->builder, TCP_RANGES_HIGH, range->high);
    builder_number(put->builder, TCP_RANGES_RESERVED, port_range_reserved(range));
    builder_number(put->builder, TCP_RANGES_HELD, listeners_held(put->count->rules.listeners, range));
}

static void put_range(const struct put *put, enum port_range_family family)
{
    const struct count_rules *rules = &put->count->rules;
    bool v6 = family == PORT_RANGE_V6;
    builder_row(put->builder, &table_tcp_ranges);
    builder_text(put->builder, TCP_RANGES_NETNS, put->output->netns);
    builder_number(put->builder, TCP_RANGES_FAMILY, family);
    if (!(v6 ? rules->range_v6_unknown : rules->range_unknown))
        put_bounds(put, v6 ? rules->range_v6 : rules->range);
    builder_number(put->builder, TCP_RANGES_REUSE, rules->reuse);
    builder_real(put->builder, TCP_RANGES_TIME_WAIT, rules->time_wait_ms / 1000.0);
    builder_number(put->builder, TCP_RANGES_ONE_POOL, rules->one_pool);
    builder_number(put->builder, TCP_RANGES_NO_CLIFF, rules->no_cliff);
}

static void put_ranges(const struct put *put)
{
    put_range(put, put->count->rules.range_v6 ? PORT_RANGE_V4 : PORT_RANGE_BOTH);
    if (put->count->rules.range_v6)
        put_range(put, PORT_RANGE_V6);
}

int count_put_ports(const struct put *put)
{
    put_ranges(put);
    put_pools(put);
    return put_destinations(put);
}
