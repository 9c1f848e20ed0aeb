/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/sums.h"

#include <errno.h>
#include <string.h>

static bool has_destination(const struct flow_key *flow)
{
    static const struct tcp_address none;
    return flow->ephemeral && memcmp(&flow->destination, &none, sizeof(none)) != 0;
}

static struct destination_key destination_of(const struct flow_key *flow)
{
    return (struct destination_key){flow->source, flow->destination, flow->port};
}

static void sum_live(struct sums *sums, uint32_t position, const struct tally_value *value)
{
    const struct tally_value live = {.all = value->all, .part = value->part};
    (void)tally_add(&sums->live, SIZE_MAX, &position, sizeof(position), &live);
}

static uint32_t sum_destination(struct sums *sums, const struct flow_key *flow, const struct tally_value *value)
{
    const bool live = flow->state != TCP_STATE_TIME_WAIT;
    struct tally_value ports = *value;
    if (live)
        ports.part = 0; /* what is marked there is not what can be reused */
    if (!has_destination(flow)) {
        tally_value_add(&sums->lost_destinations, &ports);
        return SUMS_NO_DESTINATION;
    }
    const struct destination_key key = destination_of(flow);
    size_t position = tally_add(&sums->destinations, SIZE_MAX, &key, sizeof(key), &ports);
    if (position == MAP_NONE)
        return SUMS_NO_DESTINATION; /* memory is short: the tally's error tells */
    if (live)
        sum_live(sums, (uint32_t)position, value);
    return (uint32_t)position;
}

static void sum_flow(struct sums *sums, const struct flow_key *flow, const struct tally_value *value)
{
    const struct group_key group = {flow->owner, flow->port, flow->role, flow->state};
    const struct tally_value estimated = {.all = value->all,
                                          .part = flow->method == TCP_METHOD_ESTIMATED ? value->all : 0};
    const struct tally_value plain = {.all = value->all};
    sums->states[flow->state] += value->all;
    sums->attributed[flow->state][flow->method] += value->all;
    (void)tally_add(&sums->groups, SIZE_MAX, &group, sizeof(group), &estimated);
    if (!flow->ephemeral)
        return;
    const struct holder_key holder = {sum_destination(sums, flow, value), flow->owner};
    (void)tally_add(&sums->holders, SIZE_MAX, &holder, sizeof(holder), &plain);
}

/* The flow with its owner by estimate, where that is wanted and the evidence is good enough. */
static struct flow_key estimate(const struct flow_key *flow, const struct history *history)
{
    struct flow_key estimated = *flow;
    if (flow->state != TCP_STATE_TIME_WAIT || flow->method != TCP_METHOD_UNKNOWN || !has_destination(flow))
        return estimated;
    const struct destination_key key = destination_of(flow);
    struct owner owner = history_owner_of(history, &key);
    if (!owner_is_known(owner))
        return estimated;
    estimated.owner = owner;
    estimated.method = TCP_METHOD_ESTIMATED;
    return estimated;
}

int sums_make(struct sums *sums, const struct count *count, const struct history *history)
{
    *sums = (struct sums){0};
    for (size_t i = 0; i < count->flows.keys.count; i++) {
        const struct flow_key flow = estimate(count->flows.keys.entries[i].key, history);
        sum_flow(sums, &flow, &count->flows.values[i]);
    }
    for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
        for (unsigned method = 0; method < TCP_METHOD_COUNT; method++) {
            sums->states[state] += count->lost[state][method];
            sums->attributed[state][method] += count->lost[state][method];
        }
    }
    return count->flows.error || count->taken.error || count->pools.error || sums->groups.error ||
                   sums->destinations.error || sums->live.error || sums->holders.error
               ? -ENOMEM
               : 0;
}

struct tally_value sums_live(const struct sums *sums, size_t position)
{
    uint32_t key = (uint32_t)position;
    size_t found = map_find(&sums->live.keys, &key, sizeof(key));
    return found == MAP_NONE ? (struct tally_value){0} : sums->live.values[found];
}

/* States in which a process holds the connection: what it closed before has no owner any more. */
static bool is_held(const struct flow_key *flow)
{
    return flow->state == TCP_STATE_ESTABLISHED || flow->state == TCP_STATE_SYN_SENT ||
           flow->state == TCP_STATE_CLOSE_WAIT;
}

void sums_remember(const struct count *count, struct history *history)
{
    for (size_t i = 0; i < count->flows.keys.count; i++) {
        const struct flow_key *flow = count->flows.keys.entries[i].key;
        const struct tally_value *value = &count->flows.values[i];
        if (!is_held(flow) || !has_destination(flow))
            continue;
        const struct destination_key key = destination_of(flow);
        history_note_live(history, &key, flow->owner, value->all, value->part);
    }
}

void sums_free(struct sums *sums)
{
    tally_free(&sums->groups);
    tally_free(&sums->destinations);
    tally_free(&sums->live);
    tally_free(&sums->holders);
}
