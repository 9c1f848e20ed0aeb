/* SPDX-License-Identifier: Apache-2.0
 * From counts to rows. Only the greatest groups become rows of their own; the others are summed here already, so that
 * a sample costs no more on a host that talks to everybody. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tcp/count_put.h"
#include "snapshot/tables/listeners.h"

/* More than the table shows, so that the choice of rows stays with the snapshot and its memory. */
#define MOST_GROUP_ROWS 1024u

static uint64_t lost_sockets(const struct count *count, unsigned state)
{
    uint64_t lost = 0;
    for (unsigned method = 0; method < TCP_METHOD_COUNT; method++)
        lost += count->lost[state][method];
    return lost;
}

const char *count_put_netns(const struct put *put)
{
    return put->output->matters ? put->output->netns : "other";
}

static void put_states(const struct put *put)
{
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        if (put->sums->states[state] == 0 && !put->output->matters)
            continue;
        builder_row(put->builder, &table_tcp_states);
        if (!put->output->matters)
            builder_others(put->builder, 1);
        builder_text(put->builder, TCP_STATES_NETNS, count_put_netns(put));
        builder_number(put->builder, TCP_STATES_STATE, state);
        builder_number(put->builder, TCP_STATES_SOCKETS, put->sums->states[state]);
        for (unsigned method = 0; method < TCP_METHOD_COUNT; method++)
            if (put->sums->attributed[state][method] > 0)
                builder_number(put->builder, TCP_STATES_LIVE + method, put->sums->attributed[state][method]);
    }
}

void count_put_owner(const struct put *put, unsigned process, unsigned unit, struct owner owner)
{
    builder_text(put->builder, process, names_text(put->output->names, owner.process));
    builder_text(put->builder, unit, names_text(put->output->names, owner.unit));
}

static void put_group(const struct put *put, const struct group_key *key, struct tally_value value)
{
    builder_row(put->builder, &table_tcp_sockets);
    count_put_owner(put, TCP_SOCKETS_PROCESS, TCP_SOCKETS_UNIT, key->owner);
    builder_number(put->builder, TCP_SOCKETS_ROLE, key->role);
    if (key->port != 0)
        builder_number(put->builder, TCP_SOCKETS_PORT, key->port);
    builder_number(put->builder, TCP_SOCKETS_STATE, key->state);
    builder_text(put->builder, TCP_SOCKETS_NETNS, count_put_netns(put));
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
    builder_text(put->builder, TCP_SOCKETS_NETNS, count_put_netns(put));
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
    for (size_t i = 0; i < put->count->rules.listeners->count; i++) {
        const struct listener *listener = &put->count->rules.listeners->items[i];
        char address[TCP_ADDRESS_TEXT] = "*";
        if (!listener->present)
            continue;
        if (!tcp_address_is_any(&listener->address))
            tcp_address_format(address, &listener->address);
        builder_row(put->builder, &table_listeners);
        count_put_owner(put, LISTENERS_PROCESS, LISTENERS_UNIT, listener->owner);
        builder_text(put->builder, LISTENERS_ADDRESS, address);
        builder_number(put->builder, LISTENERS_PORT, listener->port);
        builder_text(put->builder, LISTENERS_NETNS, count_put_netns(put));
        builder_number(put->builder, LISTENERS_LISTENERS, listener->sockets);
        if (put->count->rules.untold_queues)
            continue;
        builder_number(put->builder, LISTENERS_QUEUE, listener->queue);
        builder_number(put->builder, LISTENERS_QUEUE_LIMIT, listener->queue_limit);
    }
}

int count_put(const struct count *count, const struct count_output *output, struct builder *builder)
{
    struct sums sums;
    const struct put put = {count, output, &sums, builder};
    int error = sums_make(&sums, count, output->history);
    if (error == 0) {
        put_states(&put);
        put_listeners(&put);
        error = put_groups(&put);
    }
    if (error == 0)
        error = count_put_ports(&put);
    if (error == 0)
        sums_remember(count, output->history);
    sums_free(&sums);
    return error < 0 ? error : count_put_mail_peers(count, output, builder);
}
