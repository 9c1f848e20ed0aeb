/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
 * Counts TCP sockets in the kernel as their states change, by who opened them and towards where. It is compiled into the
 * agent; the few kernel structures it reads are named here and found by their BTF (CO-RE) when it is loaded.
 *
 * A socket costs nothing while it stands still. While it lives, one entry of 8 bytes leads from its cookie to its group;
 * while it is in TIME_WAIT, one entry leads from its addresses to its group, so that a new connection over it can be
 * told from one more. How long TIME_WAITs last is a matter of the kernel's timer wheel: see event_wheel_add(). */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "collectors/tcp/linux/events/shared.h"

#define PROTOCOL_TCP  6
#define FAMILY_INET   2
#define FAMILY_INET6  10
#define PORT_LOCKED   8 /* SOCK_BINDPORT_LOCK */
#define SHUTDOWN_BOTH 3
#define ERROR_REFUSED 111
#define ERROR_TIMEOUT 110

/* include/net/tcp_states.h */
enum { ESTABLISHED = 1, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING };

#define CORE __attribute__((preserve_access_index))

struct ns_common {
    unsigned int inum;
} CORE;
struct net {
    struct ns_common ns;
} CORE;
struct net_pointer {
    struct net *net;
} CORE;
struct address_v6 {
    __u64 words[2];
};
struct sock_common {
    __u32 skc_daddr, skc_rcv_saddr;
    __u16 skc_dport, skc_num;
    unsigned short skc_family;
    struct net_pointer skc_net;
    struct address_v6 skc_v6_daddr, skc_v6_rcv_saddr;
} CORE;
struct kernfs_node {
    __u64 id;
} CORE;
struct cgroup {
    struct kernfs_node *kn;
} CORE;
struct sock_cgroup_data {
    struct cgroup *cgroup;
} CORE;
struct sock {
    struct sock_common __sk_common;
    int sk_err;
    __u8 sk_shutdown;
    __u16 sk_protocol;
    __u8 sk_userlocks;
    struct sock_cgroup_data sk_cgrp_data;
} CORE;
struct inet_sock {
    __u16 inet_sport;
} CORE;
struct qstr {
    const unsigned char *name;
} CORE;
struct dentry {
    struct qstr d_name;
} CORE;
struct path {
    struct dentry *dentry;
} CORE;
struct file {
    struct path f_path;
} CORE;
struct mm_struct {
    struct file *exe_file;
    unsigned long arg_start, arg_end;
} CORE;
struct nsproxy {
    struct net *net_ns;
} CORE;
struct task_struct {
    struct mm_struct *mm;
    struct nsproxy *nsproxy;
} CORE;

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Set before loading. */
const volatile __u64 seed = 1;
const volatile __u32 only_netns = 0;    /* 0: all */
const volatile __u32 wants_command = 0; /* rules look at command lines */

/* Set while running. life and turn_shift describe TIME_WAIT in jiffies; 0 before they are known. */
__u32 age = 0;
__u32 given = 0; /* group numbers so far, EVENT_NOWHERE apart */
__u32 life = 0;
__u32 turn_shift = 0;
__u64 clock_jiffies = 0;
__u64 clock_ns = 0;
struct event_totals totals = {};

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
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, EVENT_GROUPS);
    __type(key, struct event_key);
    __type(value, __u32);
} ids SEC(".maps");

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

static __always_inline void lose(void)
{
    __sync_fetch_and_add(&totals.lost, 1);
}

static __always_inline struct event_group *group_at(__u32 id)
{
    return bpf_map_lookup_elem(&groups, &id);
}

static __always_inline void count_state(__u32 id, __u32 state, int change)
{
    struct event_group *group = group_at(id);
    if (group && state < EVENT_STATES)
        __sync_fetch_and_add(&group->states[state], change);
}

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

struct ends {
    __u64 local[2], remote[2];
};

static __always_inline void put_v4(__u64 *address, __u32 octets)
{
    __u32 *words = (__u32 *)address;
    words[0] = words[1] = 0;
    words[2] = bpf_htonl(0xffff);
    words[3] = octets;
}

static __always_inline void read_ends(struct sock *sk, struct ends *ends)
{
    if (sk->__sk_common.skc_family == FAMILY_INET6) {
        bpf_core_read(ends->local, sizeof(ends->local), &sk->__sk_common.skc_v6_rcv_saddr);
        bpf_core_read(ends->remote, sizeof(ends->remote), &sk->__sk_common.skc_v6_daddr);
    } else {
        put_v4(ends->local, sk->__sk_common.skc_rcv_saddr);
        put_v4(ends->remote, sk->__sk_common.skc_daddr);
    }
}

static __always_inline __u32 netns_of(struct sock *sk)
{
    return sk->__sk_common.skc_net.net->ns.inum;
}

static __always_inline __u16 local_port(struct sock *sk)
{
    /* skc_num is given back before the state becomes CLOSE; this one is kept. */
    return bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
}

/* The base name of the executable, as /proc/PID/exe ends; the thread's own name would be another one. */
static __always_inline void put_owner(struct task_struct *task, struct event_key *key)
{
    struct mm_struct *mm = task->mm;
    const unsigned char *name = NULL;
    if (mm)
        name = BPF_CORE_READ(mm, exe_file, f_path.dentry, d_name.name);
    if (name)
        bpf_probe_read_kernel_str(key->name, sizeof(key->name), name);
    else
        __builtin_memcpy(key->name, "kernel", sizeof("kernel"));
}

static __noinline __u32 read_command(__u64 from, __u64 to)
{
    __u32 zero = 0, hash;
    struct command *command = bpf_map_lookup_elem(&scratch, &zero);
    __u64 mixed = seed, size = to - from;
    if (!command || to <= from)
        return 0;
    __builtin_memset(command, 0, sizeof(*command));
    if (size > sizeof(*command) - 1)
        size = sizeof(*command) - 1;
    bpf_probe_read_user(command->text, (__u32)size & (sizeof(*command) - 1), (const void *)from);
    for (unsigned i = 0; i < sizeof(*command) / sizeof(__u64); i++)
        mixed = event_mix(mixed, ((__u64 *)command)[i]);
    hash = (__u32)(mixed ^ mixed >> 32) | 1;
    if (!bpf_map_lookup_elem(&commands, &hash))
        bpf_map_update_elem(&commands, &hash, command, BPF_ANY);
    return hash;
}

static __always_inline void put_command(struct task_struct *task, struct event_key *key)
{
    struct mm_struct *mm = task->mm;
    if (wants_command && mm)
        key->command = read_command(mm->arg_start, mm->arg_end);
}

static __always_inline struct event_set *live_set(__u64 hash)
{
    __u32 index = hash & (EVENT_LIVE_SETS - 1);
    return bpf_map_lookup_elem(&live, &index);
}

/* Remembers the group of a living socket. In a full set the place of another is taken, which is a stranger from then. */
static __always_inline void live_put(__u64 hash, __u32 id)
{
    struct event_set *set = live_set(hash);
    __u64 entry = event_live_entry(hash, age, id);
    if (!set)
        return;
    for (unsigned i = 0; i < EVENT_SET; i++)
        if (set->entries[i] == 0 && __sync_val_compare_and_swap(&set->entries[i], 0, entry) == 0)
            return;
    set->entries[hash >> 17 & (EVENT_SET - 1)] = entry;
    lose();
}

/* The group of a living socket, 0 if it is not known; forgets it where `end` says so. */
static __always_inline __u32 live_find(__u64 hash, bool end)
{
    struct event_set *set = live_set(hash);
    if (!set)
        return 0;
    for (unsigned i = 0; i < EVENT_SET; i++) {
        __u64 entry = set->entries[i];
        if (entry == 0 || ((entry ^ hash) & EVENT_LIVE_TAG) != 0)
            continue;
        if (end)
            set->entries[i] = 0;
        return entry & 0xffff;
    }
    return 0;
}

static __always_inline struct event_set *tuple_set(__u64 hash)
{
    __u32 index = hash & (EVENT_TUPLE_SETS - 1);
    return bpf_map_lookup_elem(&tuples, &index);
}

static __always_inline __u64 hash_socket(struct sock *sk)
{
    struct ends ends = {};
    struct event_tuple tuple;
    read_ends(sk, &ends);
    tuple.local[0] = ends.local[0];
    tuple.local[1] = ends.local[1];
    tuple.remote[0] = ends.remote[0];
    tuple.remote[1] = ends.remote[1];
    tuple.netns = netns_of(sk);
    tuple.local_port = local_port(sk);
    tuple.remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
    return event_hash_tuple(seed, &tuple);
}

static __always_inline __u32 now_turn(__u64 after)
{
    return (__u32)((bpf_jiffies64() + after) >> (turn_shift & 31));
}

static __always_inline bool is_over(__u64 entry, __u32 now)
{
    return entry == 0 || (__s16)((entry & 0xffff) - now) <= 0;
}

/* A socket enters TIME_WAIT. In a full set the one that ends first gives its place. */
static __noinline int enter_time_wait(struct sock *sk, __u32 id)
{
    struct event_group *group = group_at(id);
    if (!group || turn_shift == 0)
        return 0;
    __u32 turn = now_turn(life) + 1, now = now_turn(0);
    __u64 hash = hash_socket(sk);
    struct event_set *set = tuple_set(hash);
    event_wheel_add(group->wheel, turn, 1);
    if (!set)
        return 0;
    unsigned first = 0;
    __u32 least = 0xffff;
    for (unsigned i = 0; i < EVENT_SET; i++) {
        __u64 entry = set->entries[i];
        __u32 left = is_over(entry, now) ? 0 : ((entry & 0xffff) - now + 1) & 0xffff;
        if (left < least) {
            least = left;
            first = i;
        }
    }
    if (least != 0)
        lose();
    set->entries[first & (EVENT_SET - 1)] = event_tuple_entry(hash, turn, id);
    return 0;
}

/* A connection came to be where a TIME_WAIT of the same addresses may have stood: that one is no more. */
static __noinline int leave_time_wait(struct sock *sk)
{
    if (turn_shift == 0)
        return 0;
    __u64 hash = hash_socket(sk);
    __u32 now = now_turn(0);
    struct event_set *set = tuple_set(hash);
    if (!set)
        return 0;
    for (unsigned i = 0; i < EVENT_SET; i++) {
        __u64 entry = set->entries[i];
        if (is_over(entry, now) || ((entry ^ hash) & EVENT_TUPLE_TAG) != 0)
            continue;
        if (__sync_val_compare_and_swap(&set->entries[i], entry, 0) != entry)
            return 0;
        struct event_group *group = group_at(entry >> 16 & 0xffff);
        __u32 turn = now + (__u32)(((entry & 0xffff) - now) & 0xffff);
        if (group)
            event_wheel_add(group->wheel, turn, -1);
        return 0;
    }
    return 0;
}

static __always_inline void copy_address(__u8 *to, const __u64 *from)
{
    __builtin_memcpy(to, from, 16);
}

static __noinline __u32 outbound_group(struct sock *sk)
{
    struct event_key key = {};
    struct ends ends = {};
    struct task_struct *task = bpf_get_current_task_btf();
    __u16 port = sk->__sk_common.skc_num;
    read_ends(sk, &ends);
    copy_address(key.source, ends.local);
    copy_address(key.destination, ends.remote);
    key.netns = netns_of(sk);
    key.cgroup = sk->sk_cgrp_data.cgroup->kn->id;
    key.port = bpf_ntohs(sk->__sk_common.skc_dport);
    key.role = EVENT_OUTBOUND;
    if (port)
        key.flags = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & PORT_LOCKED ? EVENT_BOUND | EVENT_EXPLICIT : EVENT_BOUND;
    put_owner(task, &key);
    put_command(task, &key);
    return find_group(&key);
}

static __noinline __u32 inbound_group(struct sock *sk)
{
    struct event_key key = {};
    struct ends ends = {};
    read_ends(sk, &ends);
    copy_address(key.source, ends.local);
    key.netns = netns_of(sk);
    key.cgroup = sk->sk_cgrp_data.cgroup->kn->id;
    key.port = sk->__sk_common.skc_num;
    key.role = EVENT_INBOUND;
    if (event_is_mail_port(key.port))
        copy_address(key.destination, ends.remote);
    return find_group(&key);
}

/* All sockets of a namespace whose beginning was not seen: their sums stay right, and the next walk tells more. */
static __noinline __u32 stranger_group(struct sock *sk)
{
    struct event_key key = {};
    key.netns = netns_of(sk);
    key.role = EVENT_STRANGER;
    return find_group(&key);
}

static __always_inline enum event_failure failure_of(struct sock *sk)
{
    int error = sk->sk_err;
    if (error == ERROR_REFUSED)
        return EVENT_REFUSED;
    if (error == ERROR_TIMEOUT)
        return EVENT_TIMEOUT;
    if (error != 0)
        return EVENT_OTHER;
    if (local_port(sk) == 0)
        return EVENT_NO_PORT;
    return sk->sk_shutdown == SHUTDOWN_BOTH ? EVENT_ABORTED : EVENT_OTHER;
}

static __noinline int begin_connect(struct sock *sk, __u64 hash)
{
    __u32 id = outbound_group(sk);
    struct event_group *group = group_at(id);
    if (group)
        __sync_fetch_and_add(&group->connects, 1);
    live_put(hash, id);
    count_state(id, SYN_SENT, 1);
    return 0;
}

static __noinline int accepted(struct sock *sk, __u64 hash)
{
    __u32 id = inbound_group(sk);
    struct event_group *group = group_at(id);
    if (group)
        __sync_fetch_and_add(&group->accepts, 1);
    live_put(hash, id);
    count_state(id, ESTABLISHED, 1);
    return leave_time_wait(sk);
}

static __noinline int closed(struct sock *sk, __u64 hash, int before)
{
    __u32 id = live_find(hash, true);
    if (id == 0 && before == SYN_RECV)
        return 0; /* a request that never became a connection */
    if (id == 0)
        id = stranger_group(sk);
    count_state(id, (__u32)before, -1);
    struct event_group *group = group_at(id);
    if (before == SYN_SENT && group) {
        enum event_failure failure = failure_of(sk);
        if (failure < EVENT_FAILURES)
            __sync_fetch_and_add(&group->failures[failure], 1);
        return failure == EVENT_NO_PORT ? 0 : leave_time_wait(sk);
    }
    if ((before == FIN_WAIT2 || before == CLOSING) && sk->sk_err == 0)
        return enter_time_wait(sk, id);
    return 0;
}

static __noinline int moved(struct sock *sk, __u64 hash, int before, int now)
{
    __u32 id = live_find(hash, false);
    if (id == 0 && before == SYN_RECV && now == ESTABLISHED)
        return accepted(sk, hash);
    if (id == 0 && before == SYN_RECV)
        return 0;
    if (id == 0)
        id = stranger_group(sk);
    count_state(id, (__u32)before, -1);
    count_state(id, (__u32)now, 1);
    return before == SYN_SENT && now == ESTABLISHED ? leave_time_wait(sk) : 0;
}

static __always_inline void change_state(struct sock *sk, int before, int now)
{
    if (before == LISTEN || now == LISTEN || (now == SYN_RECV && before != SYN_SENT))
        return;
    __u64 hash = event_hash_cookie(seed, bpf_get_socket_cookie(sk));
    if (now == SYN_SENT)
        begin_connect(sk, hash);
    else if (now == CLOSE)
        closed(sk, hash, before);
    else
        moved(sk, hash, before, now);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *sk, int before, int now)
{
    if (sk->sk_protocol != PROTOCOL_TCP || (only_netns && netns_of(sk) != only_netns))
        return 0;
    if (bpf_get_prandom_u32() % EVENT_SAMPLING != 0) {
        change_state(sk, before, now);
        return 0;
    }
    __u64 start = bpf_ktime_get_ns();
    change_state(sk, before, now);
    __sync_fetch_and_add(&totals.sampled_ns, bpf_ktime_get_ns() - start);
    __sync_fetch_and_add(&totals.runs, 1);
    return 0;
}

/* Run by the agent: what the kernel's clocks show at one moment. */
SEC("raw_tp")
int read_clock(void *context)
{
    clock_jiffies = bpf_jiffies64();
    clock_ns = bpf_ktime_get_ns();
    return 0;
}

static __always_inline void failed_bind(const struct pending_bind *pending)
{
    struct event_group *group = group_at(pending->group);
    if (group)
        __sync_fetch_and_add(&group->bind_failures, 1);
}

static __noinline __u32 bind_group(const struct ends *ends)
{
    struct event_key key = {};
    struct task_struct *task = bpf_get_current_task_btf();
    copy_address(key.source, ends->local);
    key.netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
    key.cgroup = bpf_get_current_cgroup_id();
    key.role = EVENT_OUTBOUND;
    key.flags = EVENT_BOUND;
    put_owner(task, &key);
    put_command(task, &key);
    return find_group(&key);
}

/* bind() to port 0 begins. If the same thread's bind() before this one has not ended well, it failed. */
static __noinline int begin_bind(const struct ends *ends)
{
    __u64 thread = bpf_get_current_pid_tgid();
    struct pending_bind *before = bpf_map_lookup_elem(&binding, &thread);
    if (before)
        failed_bind(before);
    struct pending_bind pending = {.since_ns = bpf_ktime_get_ns(), .group = bind_group(ends)};
    bpf_map_update_elem(&binding, &thread, &pending, BPF_ANY);
    return 0;
}

static __always_inline bool is_ours(void)
{
    struct task_struct *task = bpf_get_current_task_btf();
    return !only_netns || BPF_CORE_READ(task, nsproxy, net_ns, ns.inum) == only_netns;
}

SEC("cgroup/bind4")
int bind_v4(struct bpf_sock_addr *context)
{
    struct ends ends = {};
    if (context->user_port != 0 || context->protocol != PROTOCOL_TCP || !is_ours())
        return 1;
    put_v4(ends.local, context->user_ip4);
    begin_bind(&ends);
    return 1;
}

SEC("cgroup/bind6")
int bind_v6(struct bpf_sock_addr *context)
{
    struct ends ends = {};
    if (context->user_port != 0 || context->protocol != PROTOCOL_TCP || !is_ours())
        return 1;
    __u32 *words = (__u32 *)ends.local;
    words[0] = context->user_ip6[0];
    words[1] = context->user_ip6[1];
    words[2] = context->user_ip6[2];
    words[3] = context->user_ip6[3];
    begin_bind(&ends);
    return 1;
}

static __always_inline int end_bind(struct bpf_sock *context)
{
    __u64 thread = bpf_get_current_pid_tgid();
    if (context->protocol == PROTOCOL_TCP)
        bpf_map_delete_elem(&binding, &thread);
    return 1;
}

SEC("cgroup/post_bind4")
int bound_v4(struct bpf_sock *context)
{
    return end_bind(context);
}

SEC("cgroup/post_bind6")
int bound_v6(struct bpf_sock *context)
{
    return end_bind(context);
}
