/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
 * The few kernel structures that the event program reads, found by their BTF when it is loaded (CO-RE), and what it
 * reads of them. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_KERNEL_BPF_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_KERNEL_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "collectors/tcp/linux/events/shared.h"

#define PROTOCOL_TCP  6
#define FAMILY_INET   2
#define FAMILY_INET6  10
#define PORT_LOCKED   8 /* SOCK_BINDPORT_LOCK */
#define SHUTDOWN_BOTH 3
#define ERROR_REFUSED 111
#define ERROR_TIMEOUT 110

/* include/net/tcp_states.h */
enum {
    ESTABLISHED = 1,
    SYN_SENT,
    SYN_RECV,
    FIN_WAIT1,
    FIN_WAIT2,
    TIME_WAIT,
    CLOSE,
    CLOSE_WAIT,
    LAST_ACK,
    LISTEN,
    CLOSING
};

#define CORE __attribute__((preserve_access_index))

struct ns_common {
    unsigned int inum;
} CORE;
struct netns_ipv4 {
    __u8 sysctl_tcp_tw_reuse;
} CORE;
struct net {
    struct ns_common ns;
    struct netns_ipv4 ipv4;
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
struct inet_connection_sock {
    struct inet_sock icsk_inet;
} CORE;
struct tcp_sock {
    struct inet_connection_sock inet_conn;
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
    __u64 start_boottime;
    __u64 self_exec_id;
} CORE;

struct ends {
    __u64 local[2], remote[2];
};

/* Writes an IPv4 address as a mapped one. */
static __always_inline void put_v4(__u64 *address, __u32 octets)
{
    __u32 *words = (__u32 *)address;
    words[0] = words[1] = 0;
    words[2] = bpf_htonl(0xffff);
    words[3] = octets;
}

/* The socket's addresses; both are set from SYN_SENT on. */
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

/* The socket's network namespace. */
static __always_inline __u32 netns_of(struct sock *sk)
{
    return sk->__sk_common.skc_net.net->ns.inum;
}

/* The socket's local port, also when it is closed; 0 before it has one. */
static __always_inline __u16 local_port(struct sock *sk)
{
    /* skc_num is given back before the state becomes CLOSE; this one is kept. */
    struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
    return tcp ? bpf_ntohs(tcp->inet_conn.icsk_inet.inet_sport) : 0;
}

/* Whether a new connection may take a TIME_WAIT's place here: tcp_twsk_unique() of net/ipv4/tcp_ipv4.c. Timestamps,
 * which it wants too, are not looked at: it does no harm to look for what is not there. */
static __always_inline bool may_reuse(struct sock *sk, const struct ends *ends)
{
    __u8 reuse = sk->__sk_common.skc_net.net->ipv4.sysctl_tcp_tw_reuse;
    const __u8 *remote = (const __u8 *)ends->remote;
    bool loopback = ends->remote[0] == 0 && (remote[12] == 127 || remote[15] == 1);
    return reuse == 1 || (reuse > 1 && loopback);
}

/* The base name of the executable, as /proc/PID/exe ends; the thread's own name would be another one. */
static __always_inline void put_owner(struct task_struct *task, struct event_key *key)
{
    struct mm_struct *mm = task->mm;
    const unsigned char *name = NULL;
    if (mm && mm->exe_file)
        name = mm->exe_file->f_path.dentry->d_name.name;
    if (name)
        bpf_probe_read_kernel_str(key->name, sizeof(key->name), name);
    else
        __builtin_memcpy(key->name, "kernel", sizeof("kernel"));
}

#endif
