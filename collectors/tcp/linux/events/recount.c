/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/recount.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tcp/linux/events/time_waits.h"
#include "collectors/tcp/linux/events/wheel.h"

/* Minutes after which a living socket that no walk met is taken for gone. */
#define STALE_AGES 8u
/* TIME_WAITs of a group may differ by so much from a walk, which is no single moment either. */
#define TOLERATED_SOCKETS 5u
#define TOLERATED_SHARE   500u /* one in so many */

unsigned recount_state(enum tcp_state state)
{
    static const uint8_t numbers[TCP_STATE_COUNT] = {
        [TCP_STATE_ESTABLISHED] = TCP_ESTABLISHED,
        [TCP_STATE_SYN_SENT] = TCP_SYN_SENT,
        [TCP_STATE_SYN_RECV] = TCP_SYN_RECV,
        [TCP_STATE_FIN_WAIT1] = TCP_FIN_WAIT1,
        [TCP_STATE_FIN_WAIT2] = TCP_FIN_WAIT2,
        [TCP_STATE_TIME_WAIT] = TCP_TIME_WAIT,
        [TCP_STATE_CLOSE] = TCP_CLOSE,
        [TCP_STATE_CLOSE_WAIT] = TCP_CLOSE_WAIT,
        [TCP_STATE_LAST_ACK] = TCP_LAST_ACK,
        [TCP_STATE_CLOSING] = TCP_CLOSING,
    };
    return numbers[state];
}

static uint32_t group_limit(const struct recount *recount)
{
    return events_group_count(recount->events);
}

static const struct event_group *group_at(const struct recount *recount, uint32_t group)
{
    return &events_memory(recount->events)->groups[group];
}

static int32_t state_count(const struct event_group *group, unsigned state)
{
    return __atomic_load_n(&group->states[state], __ATOMIC_RELAXED);
}

int recount_begin(struct recount *recount, struct events *events, uint32_t netns)
{
    *recount = (struct recount){.events = events, .netns = netns};
    int error = events_clock(events, &recount->clock);
    if (error < 0)
        return error;
    recount->groups = calloc(EVENT_GROUPS, sizeof(*recount->groups));
    if (!recount->groups)
        return -ENOMEM;
    for (uint32_t i = EVENT_NOWHERE; i < group_limit(recount); i++) {
        const struct event_group *group = group_at(recount, i);
        if (!group->used || group->key.netns != netns)
            continue;
        for (unsigned state = 0; state < EVENT_STATES; state++)
            recount->groups[i].before[state] = state_count(group, state);
        recount->groups[i].time_wait_before = wheel_count(group->wheel, &recount->clock);
    }
    return 0;
}

static uint64_t hash_tuple(const struct recount *recount, const struct tcp_socket *socket)
{
    struct event_tuple tuple = {
        .netns = recount->netns, .local_port = socket->local_port, .remote_port = socket->remote_port};
    memcpy(tuple.local, socket->local.bytes, sizeof(tuple.local));
    memcpy(tuple.remote, socket->remote.bytes, sizeof(tuple.remote));
    return event_hash_tuple(events_memory(recount->events)->seed, &tuple);
}

static __u64 *find_live_entry(struct event_set *set, uint64_t cookie)
{
    for (unsigned i = 0; i < EVENT_SET; i++)
        if (event_live_is(set->entries[i], cookie))
            return &set->entries[i];
    return NULL;
}

static uint32_t find_live(const struct recount *recount, const struct tcp_socket *socket)
{
    const struct events_memory *memory = events_memory(recount->events);
    __u64 *entry = find_live_entry(&memory->live[event_live_set(socket->cookie)], socket->cookie);
    if (!entry)
        return 0;
    __u64 seen = *entry, renewed = event_live_entry(socket->cookie, *memory->age, seen & 0xffff);
    (void)__atomic_compare_exchange_n(entry, &seen, renewed, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return (uint32_t)(seen & 0xffff);
}

/* One that came during the walk may still be listed. */
static uint32_t find_time_wait(const struct recount *recount, const struct tcp_socket *socket)
{
    const struct events_memory *memory = events_memory(recount->events);
    uint64_t hash = hash_tuple(recount, socket);
    uint32_t group = time_waits_find(memory, hash);
    if (group != 0)
        return group;
    time_waits_take(memory, wheel_now(&recount->clock));
    return time_waits_find(memory, hash);
}

/* A FIN_WAIT2 that nobody holds is counted as the TIME_WAIT that it is about to become: no event tells when it does,
 * and sockstat makes no difference either. */
static bool is_time_wait(const struct tcp_socket *socket)
{
    return socket->state == TCP_STATE_TIME_WAIT || (socket->state == TCP_STATE_FIN_WAIT2 && socket->is_mini);
}

uint32_t recount_find(struct recount *recount, const struct tcp_socket *socket)
{
    uint32_t group = is_time_wait(socket) ? find_time_wait(recount, socket) : find_live(recount, socket);
    if (group >= EVENT_GROUPS)
        return 0;
    const struct event_group *found = group_at(recount, group);
    return found->used && found->key.netns == recount->netns && found->key.role != EVENT_STRANGER ? group : 0;
}

/* Takes the place that it has, else a free one, else any. */
static void put_live(struct event_set *set, uint64_t cookie, uint64_t entry)
{
    __u64 *place = find_live_entry(set, cookie);
    for (unsigned i = 0; !place && i < EVENT_SET; i++)
        if (set->entries[i] == 0)
            place = &set->entries[i];
    if (!place)
        place = &set->entries[cookie & (EVENT_SET - 1)];
    __atomic_store_n(place, entry, __ATOMIC_RELAXED);
}

static void remember(const struct recount *recount, uint32_t group, const struct tcp_socket *socket)
{
    const struct events_memory *memory = events_memory(recount->events);
    if (is_time_wait(socket)) {
        if (group_at(recount, group)->key.role == EVENT_INBOUND)
            *memory->serves = 1;
        uint64_t hash = hash_tuple(recount, socket);
        time_waits_put(memory, wheel_now(&recount->clock), hash,
                       event_tuple_entry(hash, wheel_end(&recount->clock, socket->expires_ms), group));
    } else if (socket->state != TCP_STATE_SYN_RECV) {
        put_live(&memory->live[event_live_set(socket->cookie)], socket->cookie,
                 event_live_entry(socket->cookie, *memory->age, group));
    }
}

uint32_t recount_seed(struct recount *recount, const struct tcp_socket *socket, const struct flow_key *flow,
                      const struct recount_owner *owner)
{
    struct event_key key;
    uint32_t group;
    memset(&key, 0, sizeof(key)); /* compared as bytes */
    bool outbound = flow->role == TCP_ROLE_OUTBOUND;
    key.netns = recount->netns;
    key.cgroup = socket->cgroup;
    key.port = flow->port;
    key.role = outbound ? EVENT_OUTBOUND : EVENT_INBOUND;
    memcpy(key.source, socket->local.bytes, sizeof(key.source));
    if (outbound || event_is_mail_port(flow->port))
        memcpy(key.destination, socket->remote.bytes, sizeof(key.destination));
    if (outbound || owner->method != TCP_METHOD_LISTENER) {
        key.flags = outbound && !flow->ephemeral ? EVENT_SEEDED | EVENT_BOUND | EVENT_EXPLICIT : EVENT_SEEDED;
        key.method = owner->method;
        if (owner->process)
            strncpy(key.name, owner->process, sizeof(key.name) - 1);
    }
    int error = events_group(recount->events, &key, &group);
    if (error < 0) {
        memset(key.source, 0, sizeof(key.source));
        memset(key.destination, 0, sizeof(key.destination));
        error = events_group(recount->events, &key, &group);
    }
    if (error < 0)
        return 0;
    remember(recount, group, socket);
    return group;
}

void recount_add(struct recount *recount, uint32_t group, const struct tcp_socket *socket)
{
    struct recount_group *counted = &recount->groups[group];
    if (!is_time_wait(socket)) {
        counted->walked[recount_state(socket->state)]++;
        return;
    }
    counted->turns[wheel_end(&recount->clock, socket->expires_ms) & (EVENT_WHEEL - 1)]++;
    counted->time_wait++;
}

static int32_t nearest(int32_t value, int32_t one, int32_t other)
{
    int32_t low = one < other ? one : other, high = one < other ? other : one;
    return value < low ? value - low : value > high ? value - high : 0;
}

static void correct_states(struct recount *recount, uint32_t number, struct event_group *group)
{
    const struct recount_group *counted = &recount->groups[number];
    for (unsigned state = 1; state < EVENT_STATES; state++) {
        int32_t off = nearest(counted->walked[state], counted->before[state], state_count(group, state));
        if (off != 0)
            (void)__atomic_fetch_add(&group->states[state], off, __ATOMIC_RELAXED);
    }
}

static void correct_time_wait(struct recount *recount, uint32_t number, struct event_group *group,
                              const struct events_clock *now)
{
    const struct recount_group *counted = &recount->groups[number];
    int32_t off = nearest((int32_t)counted->time_wait, (int32_t)counted->time_wait_before,
                          (int32_t)wheel_count(group->wheel, now));
    if ((uint32_t)abs(off) <= (recount->strict ? 0 : TOLERATED_SOCKETS + counted->time_wait / TOLERATED_SHARE))
        return;
    uint32_t first = wheel_now(&recount->clock) + 1;
    for (uint32_t turn = first; turn < first + EVENT_WHEEL; turn++)
        wheel_set(group->wheel, turn, counted->turns[turn & (EVENT_WHEEL - 1)]);
}

int recount_end(struct recount *recount)
{
    struct events_clock now;
    int error = events_clock(recount->events, &now);
    if (error < 0)
        return error;
    for (uint32_t i = EVENT_NOWHERE; i < group_limit(recount); i++) {
        struct event_group *group = &events_memory(recount->events)->groups[i];
        if (!group->used || group->key.netns != recount->netns)
            continue;
        correct_states(recount, i, group);
        correct_time_wait(recount, i, group, &now);
    }
    return 0;
}

uint32_t recount_walked(const struct recount *recount, uint32_t group)
{
    const struct recount_group *counted = &recount->groups[group];
    uint32_t sum = counted->time_wait;
    for (unsigned state = 0; state < EVENT_STATES; state++)
        sum += (uint32_t)counted->walked[state];
    return sum;
}

void recount_free(struct recount *recount)
{
    free(recount->groups);
    recount->groups = NULL;
}

void recount_sweep(const struct events_memory *memory)
{
    uint64_t age = *memory->age;
    for (size_t i = 0; i < EVENT_LIVE_SETS; i++) {
        for (unsigned j = 0; j < EVENT_SET; j++) {
            __u64 *entry = &memory->live[i].entries[j], seen = *entry;
            if (seen != 0 && ((age - (seen >> 16)) & 15) >= STALE_AGES)
                (void)__atomic_compare_exchange_n(entry, &seen, 0, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        }
    }
}
