/* SPDX-License-Identifier: Apache-2.0
 * From the cgroup number that the kernel gives with each socket to the name of a systemd unit or container. Costs no
 * capability: cgroup directories are readable by everybody, and their inode number is the cgroup's number. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_CGROUPS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_CGROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "collectors/tcp/names.h"

/* Most cgroups that are remembered. */
#define CGROUPS_MAX 16384u

struct cgroups {
    char root[4096];  /* where cgroup2 is mounted; "" if it is not */
    struct map known; /* cgroup number to a position in units */
    uint32_t *units;  /* numbers of names.h */
    size_t capacity;
    int64_t scanned; /* CLOCK_MONOTONIC of the last scan; 0: never */
};

/* Finds where cgroup2 is mounted by <procfs>/self/mountinfo. A host without it is no error. 0 or -ENAMETOOLONG. */
int cgroups_init(struct cgroups *cgroups, const char *procfs, const char *rootfs);

/* The unit of a cgroup, NAME_NONE where there is none. An unknown cgroup makes one scan of the tree, at most one each
 * sample. now: CLOCK_MONOTONIC of the sample. */
uint32_t cgroups_unit(struct cgroups *cgroups, struct names *names, uint64_t cgroup, int64_t now);

/* Forgets all, as when the names begin anew. */
void cgroups_clear(struct cgroups *cgroups);

/* Gives the memory back. */
void cgroups_free(struct cgroups *cgroups);

/* The unit label of a cgroup path: the last .service or .scope, "docker:0123456789ab" and the like for containers,
 * numbers of run-*.service and session-*.scope left out; "" for none. Writes at most size bytes. */
void cgroups_label(char *label, size_t size, const char *path);

#endif
