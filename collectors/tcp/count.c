/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/count.h"

#include <string.h>

/* TIME_WAIT may be reused once it is older than this (tcp_tw_reuse_delay): it has less than 59 of its 60 s left. */
#define REUSE_EXPIRES_MS 59000u

void count_begin(struct count *count, const struct listeners *listeners, const struct port_range *range,
                 enum count_reuse reuse)
{
    count->listeners = listeners;
    count->range = range;
    count->reuse = reuse;
    memset(count->states, 0, sizeof(count->states));
    memset(count->attributed, 0, sizeof(count->attributed));
    memset(count->folded_groups, 0, sizeof(count->folded_groups));
    count->folded_ports = (struct tally_value){0, 0};
    tally_clear(&count->groups);
    tally_clear(&count->destinations);
    tally_clear(&count->holders);
}

enum tcp_role count_direction(const struct count *count, const struct tcp_socket *socket)
{
    if (socket->state == TCP_STATE_LISTEN)
        return TCP_ROLE_LISTEN;
    if (socket->state == TCP_STATE_SYN_RECV || listeners_find(count->listeners, &socket->local, socket->local_port))
        return TCP_ROLE_INBOUND;
    if (socket->local_port >= count->range->low && socket->local_port <= count->range->high)
        return TCP_ROLE_OUTBOUND;
    if (socket->remote_port >= count->range->low && socket->remote_port <= count->range->high)
        return TCP_ROLE_INBOUND;
    return TCP_ROLE_OUTBOUND;
}

static bool reusable(const struct count *count, const struct tcp_socket *socket)
{
    if (socket->state != TCP_STATE_TIME_WAIT || socket->expires_ms > REUSE_EXPIRES_MS)
        return false;
    return count->reuse == COUNT_REUSE_ALWAYS ||
           (count->reuse == COUNT_REUSE_LOOPBACK && tcp_address_is_loopback(&socket->remote));
}

static uint32_t count_port(struct count *count, const struct tcp_socket *socket)
{
    const struct destination_key key = {socket->local, socket->remote, socket->remote_port};
    bool reuse = reusable(count, socket);
    size_t position = tally_add(&count->destinations, COUNT_MAX_DESTINATIONS, &key, sizeof(key), reuse);
    if (position != MAP_NONE)
        return (uint32_t)position;
    count->folded_ports.all++;
    count->folded_ports.part += reuse;
    return COUNT_NO_DESTINATION;
}

struct count_place count_socket(struct count *count, const struct tcp_socket *socket)
{
    struct count_place place = {.role = count_direction(count, socket), .destination = COUNT_NO_DESTINATION};
    bool outbound = place.role == TCP_ROLE_OUTBOUND;
    place.port = outbound ? socket->remote_port : socket->local_port;
    count->states[socket->state]++;
    if (outbound && socket->remote_port != 0 && port_range_has(count->range, socket->local_port))
        place.destination = count_port(count, socket);
    return place;
}

void count_owner(struct count *count, enum tcp_state state, const struct count_place *place, struct owner owner,
                 enum tcp_method method)
{
    const struct group_key key = {owner, place->port, (uint8_t)place->role, (uint8_t)state};
    bool estimated = method == TCP_METHOD_ESTIMATED;
    count->attributed[state][method]++;
    if (tally_add(&count->groups, COUNT_MAX_GROUPS, &key, sizeof(key), estimated) == MAP_NONE)
        count->folded_groups[state]++;
    if (place->destination == COUNT_NO_DESTINATION)
        return;
    const struct holder_key holder = {place->destination, owner};
    (void)tally_add(&count->holders, COUNT_MAX_GROUPS, &holder, sizeof(holder), estimated);
}

void count_free(struct count *count)
{
    tally_free(&count->groups);
    tally_free(&count->destinations);
    tally_free(&count->holders);
    *count = (struct count){0};
}
