/* SPDX-License-Identifier: Apache-2.0
 * Who owns a socket, on Linux without connection events: the process that holds its descriptor, the unit of the cgroup
 * it was made in, else the listener that it came through, else nobody is known. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_ATTRIBUTION_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_ATTRIBUTION_H

#include "collectors/collector.h"
#include "collectors/tcp/count.h"
#include "collectors/tcp/linux/cgroups.h"
#include "collectors/tcp/linux/inodes.h"
#include "collectors/tcp/linux/processes.h"
#include "collectors/tcp/options.h"

/* Sockets of one walk whose process is not known yet; those beyond keep their unit only, until the next walk. */
#define ATTRIBUTION_MAX_PENDING 8192u

struct pending {
    uint32_t inode;
    uint32_t unit;
    struct flow flow;
};

struct attribution {
    struct names names;
    struct cgroups cgroups;
    struct inodes inodes;
    struct processes processes;
    struct process_rule *rules;
    struct tcp_socket *listening; /* of this walk */
    size_t listening_count, listening_capacity;
    bool wants_listener; /* some of them have no process yet */
    struct pending *pending;
    size_t pending_count, pending_capacity;
    int64_t now;   /* CLOCK_MONOTONIC of this sample */
    int64_t spent; /* nanoseconds of this sample spent on descriptors */
    int64_t asked; /* and on those of who opened connections before */
};

/* Zero to start with. paths and options outlive it. 0, -ENOMEM, or -EINVAL for a pattern that regcomp() refuses;
 * attribution_free() in any case. */
int attribution_init(struct attribution *attribution, const struct collector_paths *paths,
                     const struct tcp_options *options);

/* Begins a sample. *ret_anew: the names were learnt anew, so owners kept elsewhere are void. 0 or -ENOMEM. */
int attribution_begin(struct attribution *attribution, int64_t now, bool *ret_anew);

/* Begins the walk of one namespace, or begins it again. */
void attribution_begin_walk(struct attribution *attribution);

/* Whether there are processes, many or hidden, whose descriptors we may not look at: who is not found may be any of
 * them. Then writes what is missing to subject. */
bool attribution_is_blind(const struct attribution *attribution, char *subject, size_t size);

/* Notes one listening socket. 0 or -ENOMEM. */
int attribution_note_listener(struct attribution *attribution, const struct tcp_socket *socket);

/* Finds the owners of the listening sockets noted and makes them the listeners of this walk. 0 or negative errno. */
int attribution_add_listeners(struct attribution *attribution, struct listeners *listeners, int64_t deadline);

/* Counts the listening sockets themselves. */
void attribution_count_listeners(struct attribution *attribution, struct count *count);

/* Who a socket belongs to, and how that was found. wanted: its process is still sought. */
struct attributed {
    struct owner owner;
    enum tcp_method method;
    bool wanted;
};

/* The owner of one socket as far as it is known now; flow is its flow by count_flow(), and is marked here. */
struct attributed attribution_find(struct attribution *attribution, const struct count *count,
                                   const struct tcp_socket *socket, struct flow *flow);

/* The unit of a cgroup. */
uint32_t attribution_unit(struct attribution *attribution, uint64_t cgroup);

/* Counts the owner of one socket, or keeps it until attribution_finish(). */
void attribution_owner(struct attribution *attribution, struct count *count, const struct tcp_socket *socket);

/* Looks for the processes that are not known yet, within a budget, and counts what was kept. 0 or negative errno. */
int attribution_finish(struct attribution *attribution, struct count *count, int64_t deadline);

/* Gives everything back. */
void attribution_free(struct attribution *attribution);

#endif
