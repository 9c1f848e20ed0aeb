/* SPDX-License-Identifier: Apache-2.0
 * TCP events counted by a program in the kernel (events.bpf.c), by libbpf. A seam: tests link tests/fakes/events.c, and
 * a build without libbpf links no_events.c. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_EVENTS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/tcp/linux/events/shared.h"

struct events;

struct events_settings {
    const char *sysfs;       /* where kernel/btf/vmlinux is looked for */
    const char *cgroup_root; /* where cgroup2 is mounted: bind() is watched there; "" if it is not */
    uint32_t netns;          /* inode number of the one namespace to count; 0: all */
    bool wants_command;      /* rules for names look at command lines */
};

/* What both sides share; see shared.h. Lives with the events. */
struct events_memory {
    struct event_group *groups;      /* EVENT_GROUPS of them */
    struct event_set *live;          /* EVENT_LIVE_SETS */
    struct event_set *tuples;        /* EVENT_TUPLE_SETS */
    struct event_arrival *arrived;   /* EVENT_ARRIVALS */
    struct event_arrivals *arrivals; /* how many of these there are */
    uint32_t *age;                   /* of live entries; grows with the minutes */
    uint32_t *serves;                /* 1: there were TIME_WAITs on the accepting side */
    uint32_t *spilled;               /* 1: there are TIME_WAITs in their second set */
    uint64_t seed;                   /* of the hashes */
};

/* The kernel's tick now, and how TIME_WAIT is measured in it: a TIME_WAIT that begins now stands until the tick's turn,
 * ticks >> shift, has reached ((ticks + life) >> shift) + 1 (kernel/time/timer.c, calc_wheel_index()). */
struct events_clock {
    uint64_t ticks;
    uint32_t ticks_per_second;
    uint32_t life;
    uint32_t shift;
};

/* Running totals since events_open(). */
struct events_cost {
    uint64_t lost;   /* events and sockets that could not be counted */
    uint64_t cpu_ns; /* CPU time spent in the kernel, measured on a part of the events */
};

/* Loads and attaches. 0 or negative errno; then why says what is missing ("CAP_PERFMON"), in at most size octets. */
int events_open(const struct events_settings *settings, struct events **ret_events, char *why, size_t size);

/* Detaches and gives everything back. NULL is fine. */
void events_close(struct events *events);

/* What both sides share. */
const struct events_memory *events_memory(const struct events *events);

/* How many group numbers have ever been given: none from here up is used. */
uint32_t events_group_count(const struct events *events);

/* Reads the clock. 0 or negative errno. */
int events_clock(struct events *events, struct events_clock *ret_clock);

/* The number of the group with this key, made if it is new. 0 or -ENOSPC. */
int events_group(struct events *events, const struct event_key *key, uint32_t *ret_group);

/* Takes a group out of the kernel's sight. Its number may be given again only after events_reuse_group(). */
void events_forget_group(struct events *events, uint32_t group);
void events_reuse_group(struct events *events, uint32_t group);

/* The command line of a key, its arguments set apart by blanks. 0 or -ENOENT. */
int events_command(struct events *events, uint32_t key, char command[EVENT_COMMAND]);

/* Counts the bind() calls that were begun a while ago and have not ended well as failed. */
void events_sweep_binds(struct events *events);

/* What it cost. 0 or negative errno. */
int events_cost(const struct events *events, struct events_cost *ret_cost);

#endif
