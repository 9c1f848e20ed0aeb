/* SPDX-License-Identifier: Apache-2.0
 * Which network namespaces there are on this host: those that /run/netns names, and those that processes live in. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_NAMESPACES_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_NAMESPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/collector.h"
#include "collectors/tcp/linux/namespace.h"
#include "collectors/tcp/linux/pids.h"

/* Most namespaces watched; what is beyond is told as a failed source. */
#define NAMESPACES_MAX 256u
/* So many have rows of their own in the tables about sockets: those with most sockets, for the hold time after. */
#define NAMESPACES_SHOWN      10u
#define NAMESPACES_SHOWN_MOST 20u

/* Zero to start with but for paths. items[0..count) are the others, our own apart. */
struct namespaces {
    const struct collector_paths *paths;
    struct namespace *items[NAMESPACES_MAX];
    size_t count;
    uint64_t own;        /* inode of ours */
    uint64_t device;     /* of the file system that namespaces are files of */
    unsigned round;      /* of the discovery that runs or ran last */
    struct pids pids;    /* of that round, which goes on there in the next sample */
    int64_t begun;       /* CLOCK_MONOTONIC of the round's start; 0: never */
    uint32_t looked;     /* processes of the round so far */
    uint32_t unreadable; /* those of them whose namespace we may not see */
    bool overflow;       /* there are more than NAMESPACES_MAX */
    bool blind;          /* more than one process in ten was unreadable in the last whole round, or PID 1 hidden */
    bool wanted;         /* one is gone: the next round begins at once */
};

/* Brings the list up to date: a round over all processes, at most one each ten seconds, that goes on in the next sample
 * when its time is up. 0 or negative errno. */
int namespaces_discover(struct namespaces *namespaces, int64_t now, int64_t deadline);

/* Says of each whether it matters, by its sockets in the sample before. */
void namespaces_judge(struct namespaces *namespaces, int64_t now);

/* The whole path to enter a namespace by. 0 or -ENAMETOOLONG. */
int namespaces_path(const struct namespaces *namespaces, const struct namespace *namespace, char *path, size_t size);

/* Gives the memory back. */
void namespaces_free(struct namespaces *namespaces);

#endif
