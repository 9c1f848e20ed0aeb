/* SPDX-License-Identifier: Apache-2.0
 * From counts to rows. Only the greatest groups become rows of their own; the others are summed here already, so that
 * a sample costs no more on a host that talks to everybody. */
#include <errno.h>
#include <stdlib.h>

#include "collectors/tcp/count.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/tcp_internal.h"

/* More than any table shows, so that the choice of rows stays with the snapshot and its memory. */
#define MOST_GROUP_ROWS       1024u
#define MOST_DESTINATION_ROWS 256u

struct put {
    const struct count *count;
    const struct names *names;
    const char *netns;
    struct builder *builder;
};

static void put_states(const struct put *put)
{
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        builder_row(put->builder, &table_tcp_states);
        builder_text(put->builder, TCP_STATES_NETNS, put->netns);
        builder_number(put->builder, TCP_STATES_STATE, state);
        builder_number(put->builder, TCP_STATES_SOCKETS, put->count->states[state]);
        for (unsigned method = 0; method < TCP_METHOD_COUNT; method++)
            if (put->count->attributed[state][method] > 0)
                builder_number(put->builder, TCP_STATES_LIVE + method, put->count->attributed[state][method]);
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

static void put_other_groups(const struct put *put, unsigned state, uint64_t groups, uint64_t sockets, uint64_t estimated)
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
    const struct tally *groups = &put->count->groups;
    uint32_t *order;
    int shown = tally_greatest(groups, MOST_GROUP_ROWS, &order);
    if (shown < 0)
        return shown;
    for (int i = 0; i < shown; i++)
        put_group(put, groups->keys.entries[order[i]].key, groups->values[order[i]]);
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        uint64_t rows = put->count->folded_groups[state] > 0, sockets = put->count->folded_groups[state], estimated = 0;
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

static void put_holders(const struct put *put, const bool *shown)
{
    const struct tally *holders = &put->count->holders;
    for (size_t i = 0; i < holders->keys.count; i++) {
        const struct holder_key *holder = holders->keys.entries[i].key;
        const struct destination_key *key = put->count->destinations.keys.entries[holder->destination].key;
        char source[TCP_ADDRESS_TEXT], destination[TCP_ENDPOINT_TEXT];
        if (!shown[holder->destination])
            continue;
        tcp_address_format(source, &key->source);
        tcp_endpoint_format(destination, &key->destination, key->port);
        builder_row(put->builder, &table_tcp_holders);
        builder_text(put->builder, TCP_HOLDERS_SOURCE, source);
        builder_text(put->builder, TCP_HOLDERS_DESTINATION, destination);
        put_owner(put, TCP_HOLDERS_PROCESS, TCP_HOLDERS_UNIT, holder->owner);
        builder_text(put->builder, TCP_HOLDERS_NETNS, put->netns);
        builder_number(put->builder, TCP_HOLDERS_USED, holders->values[i].all);
    }
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
    const struct tally *destinations = &put->count->destinations;
    struct tally_value others = put->count->folded_ports;
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
    const struct put put = {count, names, netns, builder};
    if (count->groups.error || count->destinations.error || count->holders.error)
        return -ENOMEM;
    put_states(&put);
    put_listeners(&put);
    put_range(&put);
    int error = put_groups(&put);
    return error < 0 ? error : put_destinations(&put);
}
