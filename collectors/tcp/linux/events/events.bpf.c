/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
 * Counts TCP sockets in the kernel as their states change, by who opened them and towards where. It is compiled into
 * the agent.
 *
 * A socket costs nothing while it stands still. While it lives, one entry of 8 bytes leads from its cookie to its
 * group; while it is in TIME_WAIT, one entry leads from its addresses to its group, so that a new connection over it
 * can be told from one more. How long TIME_WAITs last is a matter of the kernel's timer wheel: see event_wheel_add().
 */
#include "collectors/tcp/linux/events/tables.bpf.h"

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

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

static __always_inline void copy_address(__u8 *to, const __u64 *from)
{
    __builtin_memcpy(to, from, 16);
}

/* What tells a socket's group, but for its owner's name. */
struct place {
    struct ends ends; /* remote is zero where it makes no difference */
    __u64 cgroup;
    __u32 netns;
    __u16 port;
    __u8 role;
    __u8 flags;
};

static __always_inline void read_place(struct sock *sk, struct place *place, __u8 role)
{
    read_ends(sk, &place->ends);
    place->cgroup = sk->sk_cgrp_data.cgroup->kn->id;
    place->netns = netns_of(sk);
    place->role = role;
}

static __always_inline __u64 hash_place(const struct place *place, __u64 owner)
{
    __u64 hash = event_mix(event_mix(seed ^ forgotten, owner), place->cgroup);
    __u64 rest = (__u64)place->netns << 32 | (__u32)place->port << 16 | (__u32)place->role << 8 | place->flags;
    hash = event_mix(event_mix(hash, place->ends.local[0]), place->ends.local[1]);
    hash = event_mix(event_mix(hash, place->ends.remote[0]), place->ends.remote[1]);
    return event_mix(hash, rest);
}

static __always_inline void put_place(const struct place *place, struct event_key *key)
{
    copy_address(key->source, place->ends.local);
    copy_address(key->destination, place->ends.remote);
    key->netns = place->netns;
    key->cgroup = place->cgroup;
    key->port = place->port;
    key->role = place->role;
    key->flags = place->flags;
}

static __noinline __u32 seek_outbound_group(const struct place *place, __u64 hash)
{
    struct event_key key = {};
    struct task_struct *task = bpf_get_current_task_btf();
    put_place(place, &key);
    put_owner(task, &key);
    put_command(task, &key);
    __u32 id = find_group(&key);
    note_group(hash, id);
    return id;
}

static __noinline __u32 outbound_group(struct sock *sk)
{
    struct place place = {};
    struct task_struct *task = bpf_get_current_task_btf();
    read_place(sk, &place, EVENT_OUTBOUND);
    place.port = bpf_ntohs(sk->__sk_common.skc_dport);
    if (sk->__sk_common.skc_num)
        place.flags =
            BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & PORT_LOCKED ? EVENT_BOUND | EVENT_EXPLICIT : EVENT_BOUND;
    /* One thread between two exec() has one executable, but its command line may change. */
    __u64 owner = event_mix(bpf_get_current_pid_tgid(), task->start_boottime) + task->self_exec_id;
    __u64 hash = hash_place(&place, owner);
    __u32 id = wants_command ? 0 : recall_group(hash);
    return id ? id : seek_outbound_group(&place, hash);
}

static __noinline __u32 seek_inbound_group(const struct place *place, __u64 hash)
{
    struct event_key key = {};
    put_place(place, &key);
    __u32 id = find_group(&key);
    note_group(hash, id);
    return id;
}

static __noinline __u32 inbound_group(struct sock *sk)
{
    struct place place = {};
    read_place(sk, &place, EVENT_INBOUND);
    place.port = sk->__sk_common.skc_num;
    if (!event_is_mail_port(place.port))
        place.ends.remote[0] = place.ends.remote[1] = 0;
    __u64 hash = hash_place(&place, 0);
    __u32 id = recall_group(hash);
    return id ? id : seek_inbound_group(&place, hash);
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

static __noinline int begin_connect(struct sock *sk, __u64 cookie)
{
    __u32 id = outbound_group(sk);
    struct event_group *group = group_at(id);
    if (group)
        __sync_fetch_and_add(&group->connects, 1);
    live_put(cookie, id);
    count_state(id, SYN_SENT, 1);
    return 0;
}

static __noinline int accepted(struct sock *sk, __u64 cookie)
{
    __u32 id = inbound_group(sk);
    struct event_group *group = group_at(id);
    if (group)
        __sync_fetch_and_add(&group->accepts, 1);
    live_put(cookie, id);
    count_state(id, ESTABLISHED, 1);
    return leave_time_wait(sk, true);
}

static __noinline int closed(struct sock *sk, __u64 cookie, int before)
{
    __u32 id = live_find(cookie, true);
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
        return failure == EVENT_NO_PORT ? 0 : leave_time_wait(sk, false);
    }
    if ((before == FIN_WAIT2 || before == CLOSING) && sk->sk_err == 0)
        return enter_time_wait(sk, id);
    return 0;
}

static __noinline int moved(struct sock *sk, __u64 cookie, int before, int now)
{
    __u32 id = live_find(cookie, false);
    if (id == 0 && before == SYN_RECV)
        return now == ESTABLISHED ? accepted(sk, cookie) : 0;
    if (id == 0)
        id = stranger_group(sk);
    struct event_group *group = group_at(id);
    if (group && (__u32)before < EVENT_STATES && (__u32)now < EVENT_STATES) {
        __sync_fetch_and_add(&group->states[before], -1);
        __sync_fetch_and_add(&group->states[now], 1);
    }
    return before == SYN_SENT && now == ESTABLISHED ? leave_time_wait(sk, false) : 0;
}

static __always_inline void change_state(struct sock *sk, __u64 cookie, int before, int now)
{
    if (now == SYN_SENT)
        begin_connect(sk, cookie);
    else if (now == CLOSE)
        closed(sk, cookie, before);
    else
        moved(sk, cookie, before, now);
}

static __noinline int measure_change(struct sock *sk, __u64 cookie, int before, int now)
{
    __u64 start = bpf_ktime_get_ns();
    change_state(sk, cookie, before, now);
    __u64 spent = bpf_ktime_get_ns() - start;
    __sync_fetch_and_add(&totals.sampled_ns, spent < EVENT_LONGEST_NS ? spent : EVENT_LONGEST_NS);
    return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *sk, int before, int now)
{
    if (before == LISTEN || now == LISTEN || (now == SYN_RECV && before != SYN_SENT))
        return 0; /* not connections, or not yet */
    if (sk->sk_protocol != PROTOCOL_TCP || (only_netns && netns_of(sk) != only_netns))
        return 0;
    __u64 cookie = bpf_get_socket_cookie(sk);
    if (cookie % EVENT_SAMPLING == 0)
        measure_change(sk, cookie, before, now);
    else
        change_state(sk, cookie, before, now);
    return 0;
}

/* Run by the agent: the kernel's tick. */
SEC("raw_tp")
int read_clock(void *context)
{
    clock_jiffies = bpf_jiffies64();
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
