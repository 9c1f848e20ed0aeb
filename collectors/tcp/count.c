/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/count.h"

#include <string.h>

/* TIME_WAIT may be reused once it is older than this (tcp_tw_reuse_delay): it has less than 59 of its 60 s left. */
#define REUSE_EXPIRES_MS 59000u

_Static_assert(sizeof(struct flow_key) == 48, "keys are compared as bytes: no padding");

void count_begin(struct count *count, const struct listeners *listeners, const struct port_range *range,
                 enum count_reuse reuse)
{
    count->listeners = listeners;
    count->range = range;
    count->reuse = reuse;
    memset(count->lost, 0, sizeof(count->lost));
    tally_clear(&count->flows);
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

static bool is_reusable(const struct count *count, const struct tcp_socket *socket)
{
    if (socket->state != TCP_STATE_TIME_WAIT || socket->expires_ms > REUSE_EXPIRES_MS)
        return false;
    return count->reuse == COUNT_REUSE_ALWAYS ||
           (count->reuse == COUNT_REUSE_LOOPBACK && tcp_address_is_loopback(&socket->remote));
}

struct flow count_flow(const struct count *count, const struct tcp_socket *socket)
{
    struct flow flow = {.key = {.role = (uint8_t)count_direction(count, socket), .state = (uint8_t)socket->state}};
    bool outbound = flow.key.role == TCP_ROLE_OUTBOUND;
    flow.key.port = outbound ? socket->remote_port : socket->local_port;
    if (outbound && socket->remote_port != 0 && port_range_has(count->range, socket->local_port)) {
        flow.key.ephemeral = 1;
        flow.key.source = socket->local;
        flow.key.destination = socket->remote;
        flow.reusable = is_reusable(count, socket);
    }
    return flow;
}

void count_add(struct count *count, struct flow *flow, struct owner owner, enum tcp_method method)
{
    static const struct tcp_address none;
    const struct tally_value one = {1, flow->reusable};
    struct flow_key *key = &flow->key;
    key->owner = owner;
    key->method = (uint8_t)method;
    if (tally_add(&count->flows, COUNT_MAX_FLOWS, key, sizeof(*key), one) != MAP_NONE)
        return;
    key->source = key->destination = none;
    if (tally_add(&count->flows, COUNT_MAX_FLOWS + COUNT_MAX_OWNERS, key, sizeof(*key), one) == MAP_NONE)
        count->lost[key->state][method]++;
}

void count_free(struct count *count)
{
    tally_free(&count->flows);
    *count = (struct count){0};
}
