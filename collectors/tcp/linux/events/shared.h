/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
 * The memory that the event program in the kernel and the agent share: how groups, live sockets and TIME_WAITs are laid
 * out, and the few steps that both sides take on them. Everything here is changed by several processors at once, so
 * every change is one atomic operation. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_SHARED_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_SHARED_H

#include <linux/types.h>

/* Most groups. Group 0 is none; what finds no place is counted in EVENT_NOWHERE and told as lost. */
#define EVENT_GROUPS  8192u
#define EVENT_NOWHERE 1u

#define EVENT_NAME    64u  /* octets of an executable's base name, with its zero byte */
#define EVENT_COMMAND 128u /* octets of a command line that rules for names see */
#define EVENT_STATES  13u  /* the kernel's numbers, include/net/tcp_states.h */

/* A wheel of 32 turns of the kernel's timer wheel: TIME_WAIT takes at most 31 of them (kernel/time/timer.c). */
#define EVENT_WHEEL 32u

/* Eight entries are one cache line. */
#define EVENT_SET        8u
#define EVENT_LIVE_SETS  (1u << 15) /* room for 262,144 sockets */
#define EVENT_TUPLE_SETS (1u << 16) /* room for 524,288 TIME_WAITs */

/* TIME_WAITs that wait for the agent to put them into their sets. The list is full so many places before its end: more
 * than one processor may have found room at once. */
#define EVENT_ARRIVALS       (1u << 16)
#define EVENT_ARRIVALS_SPARE 1024u

enum event_role { EVENT_OUTBOUND, EVENT_INBOUND, EVENT_STRANGER };

/* Why a connect() came to nothing. */
enum event_failure { EVENT_NO_PORT, EVENT_REFUSED, EVENT_TIMEOUT, EVENT_ABORTED, EVENT_OTHER, EVENT_FAILURES };

#define EVENT_BOUND    1u /* bind() chose the port before connect(): it came from the pool of the source */
#define EVENT_EXPLICIT 2u /* the application chose the port itself */
#define EVENT_SEEDED   4u /* known by a walk, not by an event; the owner as the walk found it */

/* What a group's sockets have in common. Compared as bytes. Addresses are IPv6, IPv4 ones mapped (RFC 4291, 2.5.5.2).
 * Outbound: towards destination and its port; destination zero where groups were too many. Inbound: through the local
 * address and port; destination is the peer, on mail ports only. A stranger is a socket whose beginning was not seen.
 */
struct event_key {
    __u8 source[16], destination[16];
    __u64 cgroup;
    __u32 netns;
    __u32 command; /* key of the command line; 0: no rules ask for it */
    __u16 port;
    __u8 role;
    __u8 flags;
    __u32 method; /* of a seeded group: how the walk found its owner */
    char name[EVENT_NAME];
};

/* A slot of a wheel: the turn in the upper half, in the lower the count plus EVENT_BIAS, so that taking one away never
 * borrows from the turn. */
#define EVENT_BIAS 0x80000000u

struct event_group {
    struct event_key key;
    __u32 used;
    __s32 states[EVENT_STATES];
    __u32 connects; /* connect() calls that began */
    __u32 failures[EVENT_FAILURES];
    __u32 bind_failures; /* bind() to port 0 that did not succeed */
    __u32 accepts;
    __u64 wheel[EVENT_WHEEL]; /* TIME_WAITs by the turn in which they end */
};

/* Live sockets by cookie: cookie 44 bits, age 4, group 16. TIME_WAITs by 4-tuple: tag 32 bits, group 16, turn 16. */
struct event_set {
    __u64 entries[EVENT_SET];
};

#define EVENT_TUPLE_TAG (~0ull << 32)

/* A TIME_WAIT that the kernel will not look for: no new connection may take its place. A list costs a cache miss for
 * four of them, a set one for each. entry is 0 until it is written. */
struct event_arrival {
    __u64 hash, entry;
};

/* How many were ever listed, and taken from the list. */
struct event_arrivals {
    __u64 listed, taken;
};

/* Counts of the program as a whole. */
struct event_totals {
    __u64 lost;       /* sockets that found no group, no place in a table, or lost their place */
    __u64 sampled_ns; /* CPU of the events of one socket in EVENT_SAMPLING */
};

#define EVENT_SAMPLING 61u
/* A run that took longer (a usual one takes 0.3 us) was interrupted, or its processor was a guest that had to wait: the
 * rest of its time was not its own. */
#define EVENT_LONGEST_NS 5000u

/* Groups found lately: half of a hash's bits, and the group's number in the lower 16. */
#define EVENT_RECENT 4096u

/* One step of a hash: quick, and keyed so that nobody outside can make collisions. */
static inline __u64 event_mix(__u64 hash, __u64 word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
    return hash ^ hash >> 29;
}

/* A connection's two ends in one namespace. */
struct event_tuple {
    __u64 local[2], remote[2];
    __u32 netns;
    __u16 local_port, remote_port; /* host order */
};

/* The hash of a TIME_WAIT's ends. */
static inline __u64 event_hash_tuple(__u64 seed, const struct event_tuple *tuple)
{
    __u64 ports = (__u64)tuple->netns << 32 | (__u32)tuple->local_port << 16 | tuple->remote_port;
    __u64 hash = event_mix(seed, ports);
    hash = event_mix(event_mix(hash, tuple->local[0]), tuple->local[1]);
    hash = event_mix(event_mix(hash, tuple->remote[0]), tuple->remote[1]);
    return hash ^ hash >> 32;
}

/* Where a living socket is remembered. Cookies are given one after the other: those of connections that live side by
 * side share a cache line. */
static inline __u32 event_live_set(__u64 cookie)
{
    return (__u32)(cookie >> 2) & (EVENT_LIVE_SETS - 1);
}

/* What is remembered of a living socket. */
static inline __u64 event_live_entry(__u64 cookie, __u32 age, __u32 group)
{
    return cookie << 20 | (__u64)(age & 15u) << 16 | group;
}

/* Whether an entry is this socket's. */
static inline int event_live_is(__u64 entry, __u64 cookie)
{
    return entry != 0 && entry >> 20 == (cookie & (~0ull >> 20));
}

/* What is remembered of a TIME_WAIT. */
static inline __u64 event_tuple_entry(__u64 hash, __u32 turn, __u32 group)
{
    return (hash & EVENT_TUPLE_TAG) | (__u64)group << 16 | (turn & 0xffffu);
}

/* The sets where a TIME_WAIT is remembered: the second one where the first is full. */
static inline __u32 event_tuple_set(__u64 hash, int second)
{
    return (__u32)(second ? hash >> 16 : hash) & (EVENT_TUPLE_SETS - 1);
}

/* Whether an entry is free, or its TIME_WAIT has ended. */
static inline int event_tuple_is_over(__u64 entry, __u32 now)
{
    return entry == 0 || (__s16)((entry & 0xffffu) - now) <= 0;
}

/* Ports whose peers are told apart: what mail servers limit by peer. */
static inline int event_is_mail_port(__u16 port)
{
    return port == 25 || port == 465 || port == 587;
}

/* Adds to the TIME_WAITs that end in this turn. A slot that holds another turn begins anew. */
static inline void event_wheel_add(__u64 *wheel, __u32 turn, __s32 count)
{
    __u64 *slot = &wheel[turn & (EVENT_WHEEL - 1)];
    for (int tries = 0; tries < 4; tries++) {
        __u64 now = *(volatile __u64 *)slot;
        __u64 base = (__u32)(now >> 32) == turn ? now : ((__u64)turn << 32 | EVENT_BIAS);
        if (__sync_val_compare_and_swap(slot, now, base + (__u64)(__s64)count) == now)
            return;
    }
}

#endif
