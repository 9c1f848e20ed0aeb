/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/count.h"

#include <string.h>

_Static_assert(sizeof(struct flow_key) == 48, "keys are compared as bytes: no padding");

void count_begin(struct count *count, const struct count_rules *rules)
{
    count->rules = *rules;
    count->longest_ms = 0;
    count->age_factor = ((uint64_t)TALLY_AGES << 32) / rules->time_wait_ms;
    memset(count->lost, 0, sizeof(count->lost));
    tally_clear(&count->flows);
    tally_clear(&count->taken);
    tally_clear(&count->accepted);
    count->tells_taken = false;
    pools_clear(&count->pools);
    memset(count->drawn, 0, sizeof(count->drawn));
}

static const struct port_range *range_of(const struct count *count, const struct tcp_socket *socket)
{
    const struct count_rules *rules = &count->rules;
    return rules->range_v6 && !tcp_address_is_v4(&socket->local) ? rules->range_v6 : rules->range;
}

enum tcp_role count_direction(const struct count *count, const struct tcp_socket *socket)
{
    const struct port_range *range = range_of(count, socket);
    if (socket->state == TCP_STATE_LISTEN)
        return TCP_ROLE_LISTEN;
    if (socket->state == TCP_STATE_SYN_RECV ||
        listeners_find(count->rules.listeners, &socket->local, socket->local_port))
        return TCP_ROLE_INBOUND;
    if (socket->local_port >= range->low && socket->local_port <= range->high)
        return TCP_ROLE_OUTBOUND;
    if (socket->remote_port >= range->low && socket->remote_port <= range->high)
        return TCP_ROLE_INBOUND;
    return TCP_ROLE_OUTBOUND;
}

static bool is_reusable(const struct count *count, const struct tcp_socket *socket, uint32_t age_ms)
{
    if (age_ms < COUNT_REUSE_AGE_MS)
        return false;
    return count->rules.reuse == TCP_REUSE_ALWAYS ||
           (count->rules.reuse == TCP_REUSE_LOOPBACK && tcp_address_is_loopback(&socket->remote));
}

static void judge_time_wait(struct count *count, const struct tcp_socket *socket, struct flow *flow)
{
    uint32_t life_ms = count->rules.time_wait_ms;
    uint32_t age_ms = socket->expires_ms < life_ms ? life_ms - socket->expires_ms : 0;
    uint64_t part = age_ms * count->age_factor >> 32;
    flow->age = (uint8_t)(part < TALLY_AGES ? part : TALLY_AGES - 1);
    flow->marked = flow->key.ephemeral && is_reusable(count, socket, age_ms);
    if (socket->expires_ms > count->longest_ms)
        count->longest_ms = socket->expires_ms;
}

bool count_is_mail(const struct flow_key *key)
{
    bool live = key->state == TCP_STATE_ESTABLISHED || key->state == TCP_STATE_CLOSE_WAIT;
    return live && (key->port == 25 || key->port == 465 || key->port == 587);
}

static void note_pool(struct count *count, const struct tcp_socket *socket)
{
    static const struct tcp_address any_v6;
    const struct tcp_address any_v4 = tcp_address_v4(any_v6.bytes);
    const struct tcp_address *any = tcp_address_is_v4(&socket->local) ? &any_v4 : &any_v6;
    pools_add(&count->pools, count->rules.one_pool ? any : &socket->local, socket->local_port);
}

/* Written in place: a flow that is made up field by field and then copied as a whole makes the processor wait. */
void count_flow(struct count *count, const struct tcp_socket *socket, struct flow *ret_flow)
{
    struct flow_key *key = &ret_flow->key;
    *ret_flow =
        (struct flow){.key = {.role = (uint8_t)count_direction(count, socket), .state = (uint8_t)socket->state}};
    bool outbound = key->role == TCP_ROLE_OUTBOUND;
    key->port = outbound ? socket->remote_port : socket->local_port;
    if (outbound && socket->remote_port != 0 && port_range_has(range_of(count, socket), socket->local_port)) {
        key->ephemeral = 1;
        note_pool(count, socket);
    }
    if (key->ephemeral || count_is_mail(key)) {
        key->source = socket->local;
        key->destination = socket->remote;
    }
    if (socket->state == TCP_STATE_TIME_WAIT)
        judge_time_wait(count, socket, ret_flow);
}

/* Where the position of the flow may be remembered. */
static uint32_t *recent_of(struct count *count, const struct flow_key *key)
{
    uint32_t source, destination;
    memcpy(&source, key->source.bytes + 12, sizeof(source));
    memcpy(&destination, key->destination.bytes + 12, sizeof(destination));
    uint32_t hash = (source * 31 + destination) * 31 + key->port * 31u + key->state;
    return &count->recent[(hash * 2654435761u >> 24) % COUNT_RECENT];
}

/* The value of a flow that was met lately, else NULL. */
static struct tally_value *find_recent(const struct count *count, uint32_t recent, const struct flow_key *key)
{
    const struct tally *flows = &count->flows;
    bool same = recent < flows->keys.count && memcmp(flows->keys.entries[recent].key, key, sizeof(*key)) == 0;
    return same ? &flows->values[recent] : NULL;
}

static void add_elsewhere(struct count *count, uint32_t *recent, const struct flow_key *key,
                          const struct tally_value *value)
{
    static const struct tcp_address none;
    size_t position = tally_add(&count->flows, COUNT_MAX_FLOWS, key, sizeof(*key), value);
    if (position != MAP_NONE) {
        *recent = (uint32_t)position;
        return;
    }
    struct flow_key nowhere = *key;
    nowhere.source = nowhere.destination = none;
    if (tally_add(&count->flows, COUNT_MAX_FLOWS + COUNT_MAX_OWNERS, &nowhere, sizeof(nowhere), value) == MAP_NONE)
        count->lost[key->state][key->method] += value->all;
}

void count_add_flow(struct count *count, const struct flow_key *key, const struct tally_value *value)
{
    uint32_t *recent = recent_of(count, key);
    struct tally_value *known = find_recent(count, *recent, key);
    if (known)
        tally_value_add(known, value);
    else
        add_elsewhere(count, recent, key, value);
}

static void add_one(struct tally_value *value, const struct flow *flow)
{
    value->all++;
    value->part += flow->marked;
    if (flow->key.state == TCP_STATE_TIME_WAIT)
        value->ages[flow->age]++;
}

void count_add(struct count *count, struct flow *flow, struct owner owner, enum tcp_method method)
{
    struct tally_value one = {0};
    flow->key.owner = owner;
    flow->key.method = (uint8_t)method;
    if (count->rules.one_pool && flow->key.ephemeral)
        add_one(&count->drawn[!tcp_address_is_v4(&flow->key.source)], flow);
    uint32_t *recent = recent_of(count, &flow->key);
    struct tally_value *known = find_recent(count, *recent, &flow->key);
    add_one(known ? known : &one, flow);
    if (!known)
        add_elsewhere(count, recent, &flow->key, &one);
}

void count_add_taken(struct count *count, const struct destination_key *key, uint32_t connections)
{
    (void)tally_add(&count->taken, COUNT_MAX_FLOWS, key, sizeof(*key), &(struct tally_value){.all = connections});
    count->tells_taken = true;
}

void count_add_accepted(struct count *count, const struct destination_key *key, uint32_t connections)
{
    (void)tally_add(&count->accepted, COUNT_MAX_FLOWS, key, sizeof(*key), &(struct tally_value){.all = connections});
}

static struct tally_value *most_of(struct count *count, enum tcp_state state)
{
    struct tally_value *most = NULL;
    for (size_t i = 0; i < count->flows.keys.count; i++) {
        const struct flow_key *key = count->flows.keys.entries[i].key;
        struct tally_value *value = &count->flows.values[i];
        if (key->state == state && value->all > 0 && (!most || value->all > most->all))
            most = value;
    }
    return most;
}

void count_take_away(struct count *count, enum tcp_state state, uint64_t sockets)
{
    struct tally_value *most;
    while (sockets > 0 && (most = most_of(count, state)) != NULL) {
        uint32_t taken = sockets < most->all ? (uint32_t)sockets : most->all;
        most->all -= taken;
        sockets -= taken;
    }
}

uint64_t count_sockets(const struct count *count)
{
    uint64_t sockets = 0;
    for (size_t i = 0; i < count->flows.keys.count; i++)
        sockets += count->flows.values[i].all;
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++)
        for (unsigned method = 0; method < TCP_METHOD_COUNT; method++)
            sockets += count->lost[state][method];
    return sockets;
}

void count_free(struct count *count)
{
    tally_free(&count->flows);
    tally_free(&count->taken);
    tally_free(&count->accepted);
    pools_free(&count->pools);
    *count = (struct count){0};
}
