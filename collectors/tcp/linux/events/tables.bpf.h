/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
 * The memory of the event program: groups by key, and where a socket's group is remembered. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_TABLES_BPF_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_TABLES_BPF_H

#include "collectors/tcp/linux/events/kernel.bpf.h"

/* Set before loading. */
const volatile __u64 seed = 1;
const volatile __u32 only_netns = 0;    /* 0: all */
const volatile __u32 wants_command = 0; /* rules look at command lines */

/* Set while running. life and turn_shift describe TIME_WAIT in jiffies; 0 before they are known. */
__u32 age = 0;
__u32 given = 0;     /* group numbers so far, EVENT_NOWHERE apart */
__u32 serves = 0;    /* there were TIME_WAITs on the accepting side */
__u32 spilled = 0;   /* there were sets too full for a TIME_WAIT, which is in its second one */
__u64 forgotten = 0; /* groups taken out of sight so far: what was found before is void */
__u32 life = 0;
__u32 turn_shift = 0;
__u64 clock_jiffies = 0;
struct event_totals totals = {};
/* Changed with every TIME_WAIT: apart from what is only read. */
struct event_arrivals arrivals __attribute__((aligned(64))) = {};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_GROUPS);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct event_group);
} groups SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_LIVE_SETS);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct event_set);
} live SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_TUPLE_SETS);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct event_set);
} tuples SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_ARRIVALS);
    __uint(map_flags, BPF_F_MMAPABLE);
    __type(key, __u32);
    __type(value, struct event_arrival);
} arrived SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, EVENT_GROUPS);
    __type(key, struct event_key);
    __type(value, __u32);
} ids SEC(".maps");

/* The group that a caller found for the same few words, so that it need not put its whole key together again. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, EVENT_RECENT);
    __type(key, __u32);
    __type(value, __u64);
} recent SEC(".maps");

/* Numbers of groups that were given back; they are taken before new ones. */
struct {
    __uint(type, BPF_MAP_TYPE_QUEUE);
    __uint(max_entries, EVENT_GROUPS);
    __type(value, __u32);
} spare SEC(".maps");

struct command {
    char text[EVENT_COMMAND];
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, struct command);
} commands SEC(".maps");

struct pending_bind {
    __u64 since_ns;
    __u32 group;
    __u32 zero;
};

/* bind() calls that were begun: one for each thread. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u64);
    __type(value, struct pending_bind);
} binding SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct command);
} scratch SEC(".maps");

/* Counts a socket or event that finds no place. */
static __always_inline void lose(void)
{
    __sync_fetch_and_add(&totals.lost, 1);
}

/* The group with this number. */
static __always_inline struct event_group *group_at(__u32 id)
{
    return bpf_map_lookup_elem(&groups, &id);
}

/* Counts sockets of a group in a state. */
static __always_inline void count_state(__u32 id, __u32 state, int change)
{
    struct event_group *group = group_at(id);
    if (group && state < EVENT_STATES)
        __sync_fetch_and_add(&group->states[state], change);
}

/* Makes a group. 0 when there is no room. */
static __noinline __u32 make_group(const struct event_key *key)
{
    __u32 id = 0, *known;
    if (bpf_map_pop_elem(&spare, &id) != 0) {
        if (given >= EVENT_GROUPS)
            return 0;
        id = EVENT_NOWHERE + 1 + __sync_fetch_and_add(&given, 1);
        if (id >= EVENT_GROUPS)
            return 0;
    }
    struct event_group *group = group_at(id);
    if (!group)
        return 0;
    group->key = *key;
    if (bpf_map_update_elem(&ids, key, &id, BPF_NOEXIST) == 0) {
        group->used = 1;
        return id;
    }
    bpf_map_push_elem(&spare, &id, 0);
    known = bpf_map_lookup_elem(&ids, key);
    return known ? *known : 0;
}

/* The group with this key; without its destination when there is no room; EVENT_NOWHERE as the last resort. */
static __always_inline __u32 find_group(struct event_key *key)
{
    __u32 *known = bpf_map_lookup_elem(&ids, key);
    __u32 id = known ? *known : make_group(key);
    if (id)
        return id;
    __builtin_memset(key->destination, 0, sizeof(key->destination));
    __builtin_memset(key->source, 0, sizeof(key->source));
    known = bpf_map_lookup_elem(&ids, key);
    id = known ? *known : make_group(key);
    if (id)
        return id;
    lose();
    return EVENT_NOWHERE;
}

/* The group found for this hash before; 0 if there is none. */
static __always_inline __u32 recall_group(__u64 hash)
{
    __u32 index = hash >> 16 & (EVENT_RECENT - 1);
    __u64 *entry = bpf_map_lookup_elem(&recent, &index);
    return entry && ((*entry ^ hash) & ~0xffffull) == 0 ? (__u32)(*entry & 0xffff) : 0;
}

/* Remembers it; not what was found for want of room. */
static __always_inline void note_group(__u64 hash, __u32 id)
{
    __u32 index = hash >> 16 & (EVENT_RECENT - 1);
    __u64 *entry = bpf_map_lookup_elem(&recent, &index);
    if (entry && id > EVENT_NOWHERE)
        *entry = (hash & ~0xffffull) | id;
}

/* The set in which a living socket is remembered. */
static __always_inline struct event_set *live_set(__u64 cookie)
{
    __u32 index = event_live_set(cookie);
    return bpf_map_lookup_elem(&live, &index);
}

/* Remembers the group of a living socket. In a full set the place of another is taken, which is a stranger from then.
 */
static __always_inline void live_put(__u64 cookie, __u32 id)
{
    struct event_set *set = live_set(cookie);
    __u64 entry = event_live_entry(cookie, age, id);
    if (!set)
        return;
    for (unsigned i = 0; i < EVENT_SET; i++)
        if (set->entries[i] == 0 && __sync_val_compare_and_swap(&set->entries[i], 0, entry) == 0)
            return;
    set->entries[cookie & (EVENT_SET - 1)] = entry;
    lose();
}

/* The group of a living socket, 0 if it is not known; forgets it where `end` says so. */
static __always_inline __u32 live_find(__u64 cookie, bool end)
{
    struct event_set *set = live_set(cookie);
    if (!set)
        return 0;
    for (unsigned i = 0; i < EVENT_SET; i++) {
        __u64 entry = set->entries[i];
        if (!event_live_is(entry, cookie))
            continue;
        if (end)
            set->entries[i] = 0;
        return entry & 0xffff;
    }
    return 0;
}

/* The hash of the socket's ends. */
static __always_inline __u64 hash_socket(struct sock *sk, const struct ends *ends)
{
    struct event_tuple tuple;
    tuple.local[0] = ends->local[0];
    tuple.local[1] = ends->local[1];
    tuple.remote[0] = ends->remote[0];
    tuple.remote[1] = ends->remote[1];
    tuple.netns = netns_of(sk);
    tuple.local_port = local_port(sk);
    tuple.remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
    return event_hash_tuple(seed, &tuple);
}

/* The turn of the timer wheel so many ticks from now. */
static __always_inline __u32 now_turn(__u64 after)
{
    return (__u32)((bpf_jiffies64() + after) >> (turn_shift & 31));
}

/* Puts an entry into one of its two sets. In a full one the TIME_WAIT that ends first gives its place, if `force` says
 * so. */
static __always_inline bool put_tuple(__u32 index, __u64 entry, __u32 now, bool force)
{
    struct event_set *set = bpf_map_lookup_elem(&tuples, &index);
    unsigned first = 0;
    __u32 least = 0xffff;
    if (!set)
        return true;
    for (unsigned i = 0; i < EVENT_SET; i++) {
        __u64 other = set->entries[i];
        __u32 left = event_tuple_is_over(other, now) ? 0 : ((other & 0xffff) - now + 1) & 0xffff;
        if (left < least) {
            least = left;
            first = i;
        }
    }
    if (least != 0 && !force)
        return false;
    if (least != 0)
        lose();
    set->entries[first & (EVENT_SET - 1)] = entry;
    return true;
}

/* Remembers a TIME_WAIT in one of its sets. */
static __noinline int remember_tuple(__u64 hash, __u64 entry, __u32 now)
{
    if (put_tuple(event_tuple_set(hash, 0), entry, now, false))
        return 0;
    spilled = 1;
    put_tuple(event_tuple_set(hash, 1), entry, now, true);
    return 0;
}

/* Leaves it to the agent to remember a TIME_WAIT. Returns false when the list is full. */
static __always_inline bool list_tuple(__u64 hash, __u64 entry)
{
    if (arrivals.listed - arrivals.taken >= EVENT_ARRIVALS - EVENT_ARRIVALS_SPARE)
        return false;
    __u32 index = __sync_fetch_and_add(&arrivals.listed, 1) & (EVENT_ARRIVALS - 1);
    struct event_arrival *arrival = bpf_map_lookup_elem(&arrived, &index);
    if (!arrival)
        return false;
    arrival->hash = hash;
    (void)__sync_lock_test_and_set(&arrival->entry, entry);
    return true;
}

/* Whether a new connection may take the place of a TIME_WAIT of these ends. */
static __always_inline bool may_be_taken(struct sock *sk, const struct ends *ends, bool inbound)
{
    return inbound ? serves : may_reuse(sk, ends);
}

/* A socket enters TIME_WAIT. */
static __noinline int enter_time_wait(struct sock *sk, __u32 id)
{
    struct event_group *group = group_at(id);
    if (!group || turn_shift == 0)
        return 0;
    struct ends ends = {};
    read_ends(sk, &ends);
    __u32 turn = now_turn(life) + 1;
    __u64 hash = hash_socket(sk, &ends);
    __u64 entry = event_tuple_entry(hash, turn, id);
    bool inbound = group->key.role == EVENT_INBOUND;
    event_wheel_add(group->wheel, turn, 1);
    if (inbound && !serves)
        serves = 1;
    if (!may_be_taken(sk, &ends, inbound) && list_tuple(hash, entry))
        return 0;
    return remember_tuple(hash, entry, now_turn(0));
}

/* Ends the TIME_WAIT of these ends, if it is in this set. */
static __always_inline bool end_tuple(__u32 index, __u64 hash, __u32 now)
{
    struct event_set *set = bpf_map_lookup_elem(&tuples, &index);
    for (unsigned i = 0; set && i < EVENT_SET; i++) {
        __u64 entry = set->entries[i];
        if (event_tuple_is_over(entry, now) || ((entry ^ hash) & EVENT_TUPLE_TAG) != 0)
            continue;
        if (__sync_val_compare_and_swap(&set->entries[i], entry, 0) != entry)
            return true;
        struct event_group *group = group_at(entry >> 16 & 0xffff);
        __u32 turn = now + (__u32)(((entry & 0xffff) - now) & 0xffff);
        if (group)
            event_wheel_add(group->wheel, turn, -1);
        return true;
    }
    return false;
}

/* A connection came to be where a TIME_WAIT of the same addresses may have stood: that one is no more. Where none can
 * have stood nothing is looked up, since that costs a cache miss. */
static __noinline int leave_time_wait(struct sock *sk, bool inbound)
{
    struct ends ends = {};
    read_ends(sk, &ends);
    if (turn_shift == 0 || !may_be_taken(sk, &ends, inbound))
        return 0;
    __u64 hash = hash_socket(sk, &ends);
    __u32 now = now_turn(0);
    if (!end_tuple(event_tuple_set(hash, 0), hash, now) && spilled)
        end_tuple(event_tuple_set(hash, 1), hash, now);
    return 0;
}

#endif
