/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/merge.h"

#include <string.h>

#include "collectors/tcp/linux/events/recount.h"
#include "collectors/tcp/linux/events/wheel.h"

/* To end the thousands of TIME_WAITs of a turn takes the kernel some milliseconds, and more where it is busy. */
#define EDGE_MS 100u

static const struct event_group *group_at(const struct merge *merge, uint32_t group)
{
    return &events_memory(merge->events)->groups[group];
}

bool merge_shows(const struct merge *merge, const struct event_group *group)
{
    return group->used && group->key.netns == merge->netns && group->key.role != EVENT_STRANGER;
}

static struct tcp_address address_of(const uint8_t *octets)
{
    struct tcp_address address;
    memcpy(address.bytes, octets, sizeof(address.bytes));
    return address;
}

void merge_time_waits(const struct merge *merge, uint64_t *ret_fewest, uint64_t *ret_most)
{
    *ret_fewest = *ret_most = 0;
    for (uint32_t i = EVENT_NOWHERE; i < events_group_count(merge->events); i++) {
        const struct event_group *group = group_at(merge, i);
        if (!group->used || group->key.netns != merge->netns)
            continue;
        uint32_t count = wheel_count(group->wheel, &merge->clock);
        struct wheel_edge edge = wheel_edge(group->wheel, &merge->clock, EDGE_MS);
        *ret_fewest += count - edge.soon;
        *ret_most += count + edge.late;
    }
}

/* A seeded group has its owner by the walk; an inbound one that events made has it by its listener. */
static struct attributed attribute(const struct merge *merge, const struct count *count, uint32_t number)
{
    const struct event_key *key = &group_at(merge, number)->key;
    struct attributed found = {event_owners_find(merge->owners, number), TCP_METHOD_EVENT, false};
    if (key->flags & EVENT_SEEDED) {
        found.method = (enum tcp_method)key->method;
    } else if (key->role == EVENT_INBOUND) {
        struct tcp_address local = address_of(key->source);
        const struct listener *listener = listeners_find(count->rules.listeners, &local, key->port);
        found.method = listener ? TCP_METHOD_LISTENER : TCP_METHOD_LIVE;
        if (listener)
            found.owner = listener->owner;
    }
    if (!owner_is_known(found.owner))
        found.method = TCP_METHOD_UNKNOWN;
    return found;
}

static struct flow_key flow_of(const struct event_key *key, struct attributed found)
{
    struct flow_key flow;
    memset(&flow, 0, sizeof(flow)); /* compared as bytes */
    flow.role = key->role == EVENT_OUTBOUND ? TCP_ROLE_OUTBOUND : TCP_ROLE_INBOUND;
    flow.port = key->port;
    flow.owner = found.owner;
    flow.method = (uint8_t)found.method;
    flow.ephemeral = key->role == EVENT_OUTBOUND && !(key->flags & EVENT_EXPLICIT);
    if (flow.ephemeral || event_is_mail_port(key->port)) {
        flow.source = address_of(key->source);
        flow.destination = address_of(key->destination);
    }
    return flow;
}

static void add_states(const struct event_group *group, struct flow_key *flow, struct count *count)
{
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        unsigned number = recount_state((enum tcp_state)state);
        int32_t sockets = number ? __atomic_load_n(&group->states[number], __ATOMIC_RELAXED) : 0;
        if (sockets <= 0 || state == TCP_STATE_TIME_WAIT)
            continue;
        flow->state = (uint8_t)state;
        count_add_flow(count, flow, &(struct tally_value){.all = (uint32_t)sockets});
    }
}

static bool is_reusable(const struct count *count, const struct flow_key *flow)
{
    return flow->ephemeral && (count->rules.reuse == TCP_REUSE_ALWAYS || (count->rules.reuse == TCP_REUSE_LOOPBACK &&
                                                                          tcp_address_is_loopback(&flow->destination)));
}

static void add_time_waits(const struct merge *merge, const struct event_group *group, struct flow_key *flow,
                           struct count *count)
{
    struct tally_value value = {.all = wheel_count(group->wheel, &merge->clock)};
    if (value.all == 0)
        return;
    if (is_reusable(count, flow))
        value.part = value.all - wheel_younger(group->wheel, &merge->clock, COUNT_REUSE_AGE_MS);
    wheel_ages(group->wheel, &merge->clock, value.ages, TALLY_AGES);
    flow->state = TCP_STATE_TIME_WAIT;
    if (!flow->ephemeral)
        flow->source = flow->destination = (struct tcp_address){{0}}; /* only the peers of living ones are told apart */
    count_add_flow(count, flow, &value);
}

static void add_taken(const struct event_group *group, const struct flow_key *flow, struct count *count)
{
    const struct destination_key key = {flow->source, flow->destination, flow->port};
    if (flow->ephemeral && group->connects > group->failures[EVENT_NO_PORT])
        count_add_taken(count, &key, group->connects - group->failures[EVENT_NO_PORT]);
}

static void add_accepted(const struct event_group *group, const struct flow_key *flow, struct count *count)
{
    const struct destination_key key = {flow->source, flow->destination, flow->port};
    if (flow->role == TCP_ROLE_INBOUND && event_is_mail_port(flow->port))
        count_add_accepted(count, &key, group->accepts);
}

/* Sockets whose beginning was missed: those that came since have no owner, and those that went are taken from where
 * there are most, so that the sums stay right until the next walk. */
static void add_strangers(const struct merge *merge, const struct event_group *group, struct count *count)
{
    struct flow_key flow;
    memset(&flow, 0, sizeof(flow));
    flow.role = TCP_ROLE_OUTBOUND;
    flow.owner = OWNER_UNKNOWN;
    flow.method = TCP_METHOD_UNKNOWN;
    add_states(group, &flow, count);
    add_time_waits(merge, group, &flow, count);
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        unsigned number = recount_state((enum tcp_state)state);
        int32_t sockets = number ? __atomic_load_n(&group->states[number], __ATOMIC_RELAXED) : 0;
        if (sockets < 0)
            count_take_away(count, (enum tcp_state)state, (uint32_t)-sockets);
    }
}

void merge_groups(const struct merge *merge, struct count *count)
{
    const struct event_group *strangers = NULL;
    for (uint32_t i = EVENT_NOWHERE; i < events_group_count(merge->events); i++) {
        const struct event_group *group = group_at(merge, i);
        if (group->used && group->key.netns == merge->netns && group->key.role == EVENT_STRANGER)
            strangers = group;
        if (!merge_shows(merge, group))
            continue;
        struct flow_key flow = flow_of(&group->key, attribute(merge, count, i));
        add_taken(group, &flow, count);
        add_accepted(group, &flow, count);
        add_states(group, &flow, count);
        add_time_waits(merge, group, &flow, count);
    }
    count->tells_taken = true;
    if (strangers)
        add_strangers(merge, strangers, count);
}

static bool is_bound(const struct merge *merge, const struct event_group *group)
{
    return merge_shows(merge, group) && (group->key.flags & (EVENT_BOUND | EVENT_EXPLICIT)) == EVENT_BOUND &&
           group->key.port != 0;
}

bool merge_next_bound(const struct merge *merge, uint32_t *group, struct tcp_address *ret_source)
{
    for (uint32_t i = *group + 1; i < events_group_count(merge->events); i++) {
        if (!is_bound(merge, group_at(merge, i)))
            continue;
        *group = i;
        *ret_source = address_of(group_at(merge, i)->key.source);
        return true;
    }
    return false;
}

uint32_t merge_bound(const struct merge *merge, const struct tcp_address *source)
{
    struct tcp_address its;
    int64_t sum = 0;
    for (uint32_t i = 0; merge_next_bound(merge, &i, &its);) {
        const struct event_group *group = group_at(merge, i);
        if (memcmp(&its, source, sizeof(its)) != 0)
            continue;
        sum += wheel_count(group->wheel, &merge->clock);
        for (unsigned state = 0; state < EVENT_STATES; state++)
            sum += __atomic_load_n(&group->states[state], __ATOMIC_RELAXED);
    }
    return sum > 0 ? (uint32_t)sum : 0;
}
