/* SPDX-License-Identifier: Apache-2.0
 * What is remembered of one network namespace from sample to sample. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_NAMESPACE_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_NAMESPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/linux/kept_files.h"
#include "base/text.h"
#include "collectors/tcp/history.h"
#include "collectors/tcp/life.h"
#include "collectors/tcp/linux/events/space.h"
#include "collectors/tcp/listeners.h"
#include "collectors/tcp/ports.h"
#include "snapshot/tables/tcp_internal.h"

/* Room for a name of a file or a unit, and for a path with it. */
#define NAMESPACE_TEXT 320u

struct namespace
{
    uint64_t inode;            /* its number: that of its file in /proc/PID/ns, and the kernel's ns.inum */
    char name[NAMESPACE_TEXT]; /* "" for our own */
    char path[NAMESPACE_TEXT]; /* a file to enter it by, below procfs or rootfs; "" for our own */
    bool below_rootfs;
    unsigned round;   /* of the discovery that found it last */
    int64_t mattered; /* CLOCK_MONOTONIC when it was last among those with most sockets; 0: never */
    bool matters;
    uint64_t sockets; /* in the sample before */
    int64_t walked;   /* CLOCK_MONOTONIC of the last walk; 0: never */
    struct listeners listeners;
    struct history history;
    struct life life;
    struct event_space events;
    uint64_t dumps_interrupted;
};

/* What the kernel's settings are in a namespace. */
struct namespace_settings {
    struct port_range range;
    enum tcp_reuse reuse;
};

/* Makes one. NULL when memory is short. */
struct namespace *namespace_new(uint64_t inode, const char *name, const char *path);

/* Forgets what refers to names that are void now. */
void namespace_forget_owners(struct namespace *namespace);

/* NULL is fine. */
void namespace_free(struct namespace *namespace);

/* Reads the settings of the calling thread's namespace from <procfs>/sys/net/ipv4; buffer is scratch.
 * 0 or negative errno. */
int namespace_read_settings(struct kept_files *procfs, struct text *buffer, struct namespace_settings *ret_settings);

#endif
