/* SPDX-License-Identifier: Apache-2.0
 * From counts to rows. Only the greatest groups become rows of their own; the others are summed here already, so that
 * a sample costs no more on a host that talks to everybody. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tcp/count.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/tcp_internal.h"

/* More than any table shows, so that the choice of rows stays with the snapshot and its memory. */
#define MOST_GROUP_ROWS       1024u
#define MOST_DESTINATION_ROWS 256u

/* Compared as bytes: no padding. */
struct group_key {
    struct owner owner;
    uint16_t port;
    uint8_t role;
    uint8_t state;
};

struct destination_key {
    struct tcp_address source, destination;
    uint16_t port;
};

struct holder_key {
    uint32_t destination; /* position in destinations; NO_DESTINATION: lost */
    struct owner owner;
};

#define NO_DESTINATION UINT32_MAX

/* What the flows sum up to. */
struct sums {
    uint64_t states[TCP_STATE_COUNT];
    uint64_t attributed[TCP_STATE_COUNT][TCP_METHOD_COUNT];
    struct tally groups;       /* part: owner by estimate */
    struct tally destinations; /* part: reusable */
    struct tally holders;
    struct tally_value lost_destinations;
};

struct put {
    const struct count *count;
    const struct sums *sums;
    const struct names *names;
    const char *netns;
    struct builder *builder;
};

static uint32_t sum_destination(struct sums *sums, const struct flow_key *flow, struct tally_value value)
{
    static const struct tcp_address none;
    const struct destination_key key = {flow->source, flow->destination, flow->port};
    if (memcmp(&flow->destination, &none, sizeof(none)) != 0)
        return (uint32_t)tally_add(&sums->destinations, SIZE_MAX, &key, sizeof(key), value);
    sums->lost_destinations.all += value.all;
    sums->lost_destinations.part += value.part;
    return NO_DESTINATION;
}

static void sum_flow(struct sums *sums, const struct flow_key *flow, struct tally_value value)
{
    const struct group_key group = {flow->owner, flow->port, flow->role, flow->state};
    const struct tally_value estimated = {value.all, flow->method == TCP_METHOD_ESTIMATED ? value.all : 0};
    sums->states[flow->state] += value.all;
    sums->attributed[flow->state][flow->method] += value.all;
    (void)tally_add(&sums->groups, SIZE_MAX, &group, sizeof(group), estimated);
    if (!flow->ephemeral)
        return;
    const struct holder_key holder = {sum_destination(sums, flow, value), flow->owner};
    (void)tally_add(&sums->holders, SIZE_MAX, &holder, sizeof(holder), (struct tally_value){value.all, 0});
}

/* 0 or -ENOMEM; sums_free() in any case. */
static int sums_make(struct sums *sums, const struct count *count)
{
    *sums = (struct sums){0};
    for (size_t i = 0; i < count->flows.keys.count; i++)
        sum_flow(sums, count->flows.keys.entries[i].key, count->flows.values[i]);
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        for (unsigned method = 0; method < TCP_METHOD_COUNT; method++) {
            sums->states[state] += count->lost[state][method];
            sums->attributed[state][method] += count->lost[state][method];
        }
    }
    return count->flows.error || sums->groups.error || sums->destinations.error || sums->holders.error ? -ENOMEM : 0;
}

static void sums_free(struct sums *sums)
{
    tally_free(&sums->groups);
    tally_free(&sums->destinations);
    tally_free(&sums->holders);
}

static uint64_t lost_sockets(const struct count *count, unsigned state)
{
    uint64_t lost = 0;
    for (unsigned method = 0; method < TCP_METHOD_COUNT; method++)
        lost += count->lost[state][method];
    return lost;
}

static void put_states(const struct put *put)
{
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        builder_row(put->builder, &table_tcp_states);
        builder_text(put->builder, TCP_STATES_NETNS, put->netns);
        builder_number(put->builder, TCP_STATES_STATE, state);
        builder_number(put->builder, TCP_STATES_SOCKETS, put->sums->states[state]);
        for (unsigned method = 0; method < TCP_METHOD_COUNT; method++)
            if (put->sums->attributed[state][method] > 0)
                builder_number(put->builder, TCP_STATES_LIVE + method, put->sums->attributed[state][method]);
    }
}

static void put_owner(const struct put *put, unsigned process, unsigned unit, struct owner owner)
{
    builder_text(put->builder, process, names_text(put->names, owner.process));
    builder_text(put->builder, unit, names_text(put->names, owner.unit));
}

static void put_group(const struct put *put, const struct group_key *key, struct tally_value value)
{
    builder_row(put->builder, &table_tcp_sockets);
    put_owner(put, TCP_SOCKETS_PROCESS, TCP_SOCKETS_UNIT, key->owner);
    builder_number(put->builder, TCP_SOCKETS_ROLE, key->role);
    if (key->port != 0)
        builder_number(put->builder, TCP_SOCKETS_PORT, key->port);
    builder_number(put->builder, TCP_SOCKETS_STATE, key->state);
    builder_text(put->builder, TCP_SOCKETS_NETNS, put->netns);
    builder_number(put->builder, TCP_SOCKETS_SOCKETS, value.all);
    if (value.part > 0)
        builder_number(put->builder, TCP_SOCKETS_ESTIMATED, value.part);
}

static void put_other_groups(const struct put *put, unsigned state, uint64_t groups, uint64_t sockets,
                             uint64_t estimated)
{
    builder_row(put->builder, &table_tcp_sockets);
    builder_others(put->builder, groups);
    builder_number(put->builder, TCP_SOCKETS_STATE, state);
    builder_text(put->builder, TCP_SOCKETS_NETNS, put->netns);
    builder_number(put->builder, TCP_SOCKETS_SOCKETS, sockets);
    if (estimated > 0)
        builder_number(put->builder, TCP_SOCKETS_ESTIMATED, estimated);
}

static int put_groups(const struct put *put)
{
    const struct tally *groups = &put->sums->groups;
    uint32_t *order;
    int shown = tally_greatest(groups, MOST_GROUP_ROWS, &order);
    if (shown < 0)
        return shown;
    for (int i = 0; i < shown; i++)
        put_group(put, groups->keys.entries[order[i]].key, groups->values[order[i]]);
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        uint64_t sockets = lost_sockets(put->count, state), rows = sockets > 0, estimated = 0;
        for (size_t i = (size_t)shown; i < groups->keys.count; i++) {
            const struct group_key *key = groups->keys.entries[order[i]].key;
            if (key->state != state)
                continue;
            rows++;
            sockets += groups->values[order[i]].all;
            estimated += groups->values[order[i]].part;
        }
        if (rows > 0)
            put_other_groups(put, state, rows, sockets, estimated);
    }
    free(order);
    return 0;
}

static void put_listeners(const struct put *put)
{
    for (size_t i = 0; i < put->count->listeners->count; i++) {
        const struct listener *listener = &put->count->listeners->items[i];
        char address[TCP_ADDRESS_TEXT] = "*";
        if (!listener->present)
            continue;
        if (!tcp_address_is_any(&listener->address))
            tcp_address_format(address, &listener->address);
        builder_row(put->builder, &table_listeners);
        put_owner(put, LISTENERS_PROCESS, LISTENERS_UNIT, listener->owner);
        builder_text(put->builder, LISTENERS_ADDRESS, address);
        builder_number(put->builder, LISTENERS_PORT, listener->port);
        builder_text(put->builder, LISTENERS_NETNS, put->netns);
        builder_number(put->builder, LISTENERS_QUEUE, listener->queue);
        builder_number(put->builder, LISTENERS_QUEUE_LIMIT, listener->queue_limit);
        builder_number(put->builder, LISTENERS_LISTENERS, listener->sockets);
    }
}

static void put_destination(const struct put *put, const struct destination_key *key, struct tally_value value)
{
    char source[TCP_ADDRESS_TEXT], destination[TCP_ENDPOINT_TEXT];
    tcp_address_format(source, &key->source);
    tcp_endpoint_format(destination, &key->destination, key->port);
    builder_row(put->builder, &table_tcp_endpoints);
    builder_text(put->builder, TCP_ENDPOINTS_SOURCE, source);
    builder_text(put->builder, TCP_ENDPOINTS_DESTINATION, destination);
    builder_text(put->builder, TCP_ENDPOINTS_NETNS, put->netns);
    builder_number(put->builder, TCP_ENDPOINTS_USED, value.all);
    builder_number(put->builder, TCP_ENDPOINTS_REUSABLE, value.part);
}

static void put_holder(const struct put *put, const struct destination_key *key, struct owner owner, uint32_t used)
{
    char source[TCP_ADDRESS_TEXT], destination[TCP_ENDPOINT_TEXT];
    tcp_address_format(source, &key->source);
    tcp_endpoint_format(destination, &key->destination, key->port);
    builder_row(put->builder, &table_tcp_holders);
    builder_text(put->builder, TCP_HOLDERS_SOURCE, source);
    builder_text(put->builder, TCP_HOLDERS_DESTINATION, destination);
    put_owner(put, TCP_HOLDERS_PROCESS, TCP_HOLDERS_UNIT, owner);
    builder_text(put->builder, TCP_HOLDERS_NETNS, put->netns);
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
        if (holder->destination != NO_DESTINATION && shown[holder->destination])
            put_holder(put, put->sums->destinations.keys.entries[holder->destination].key, holder->owner, used);
        else
            others += used;
    }
    if (others == 0)
        return;
    builder_row(put->builder, &table_tcp_holders);
    builder_text(put->builder, TCP_HOLDERS_DESTINATION, "other");
    builder_text(put->builder, TCP_HOLDERS_NETNS, put->netns);
    builder_number(put->builder, TCP_HOLDERS_USED, others);
}

static void put_other_destinations(const struct put *put, struct tally_value value)
{
    builder_row(put->builder, &table_tcp_endpoints);
    builder_text(put->builder, TCP_ENDPOINTS_DESTINATION, "other");
    builder_text(put->builder, TCP_ENDPOINTS_NETNS, put->netns);
    builder_number(put->builder, TCP_ENDPOINTS_USED, value.all);
    builder_number(put->builder, TCP_ENDPOINTS_REUSABLE, value.part);
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
        struct tally_value value = destinations->values[order[i]];
        if (i < (size_t)greatest) {
            shown[order[i]] = true;
            put_destination(put, destinations->keys.entries[order[i]].key, value);
        } else {
            others.all += value.all;
            others.part += value.part;
        }
    }
    put_holders(put, shown);
    if (others.all > 0)
        put_other_destinations(put, others);
    free(order);
    free(shown);
    return 0;
}

static void put_range(const struct put *put)
{
    const struct port_range *range = put->count->range;
    builder_row(put->builder, &table_tcp_ranges);
    builder_text(put->builder, TCP_RANGES_NETNS, put->netns);
    builder_number(put->builder, TCP_RANGES_LOW, range->low);
    builder_number(put->builder, TCP_RANGES_HIGH, range->high);
    builder_number(put->builder, TCP_RANGES_RESERVED, port_range_reserved(range));
    builder_number(put->builder, TCP_RANGES_HELD, listeners_held(put->count->listeners, range));
}

int count_put(const struct count *count, const struct names *names, const char *netns, struct builder *builder)
{
    struct sums sums;
    const struct put put = {count, &sums, names, netns, builder};
    int error = sums_make(&sums, count);
    if (error == 0) {
        put_states(&put);
        put_listeners(&put);
        put_range(&put);
        error = put_groups(&put);
    }
    if (error == 0)
        error = put_destinations(&put);
    sums_free(&sums);
    return error;
}
