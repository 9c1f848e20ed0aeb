/* SPDX-License-Identifier: Apache-2.0
 * How the sockets of one namespace are seen and put, in the thread that is in it: its settings, its count, its rows.
 * sight_take() is where the mode is chosen: a walk fills the count; another mode fills the same. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_SIGHT_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_SIGHT_H

#include "collectors/tcp/count.h"
#include "collectors/tcp/linux/attribution.h"
#include "collectors/tcp/linux/counters.h"
#include "collectors/tcp/linux/events/watch.h"
#include "collectors/tcp/linux/namespace.h"
#include "collectors/tcp/linux/sock_diag.h"
#include "collectors/tcp/options.h"

/* What all namespaces share; used by one at a time. */
struct sight {
    struct kept_files own;     /* procfs as our own namespace sees it */
    struct kept_files passing; /* as a thread does that has entered another one: none is kept */
    struct attribution attribution;
    struct event_watch events;
    struct namespace_settings settings;
    struct count count;
    struct text buffer;
};

/* Zero to start with. paths and options outlive it. 0 or negative errno; sight_free() in any case. */
int sight_init(struct sight *sight, const struct collector_paths *paths, const struct tcp_options *options);

/* Begins a sample. *ret_anew: owners kept in namespaces are void. 0 or -ENOMEM. */
int sight_begin(struct sight *sight, int64_t now, bool *ret_anew);

/* Puts the rows of the namespace that the calling thread and diag are in, and notes its sockets in it. 0 or negative
 * errno; the caller rolls back. */
int sight_take(struct sight *sight, struct namespace *namespace, struct sock_diag *diag, struct builder *builder,
               int64_t deadline);

/* Where the counters of the namespace are, for the thread that is in it. */
struct counters_place sight_place(struct sight *sight, const struct namespace *namespace);

/* Gives everything back. */
void sight_free(struct sight *sight);

#endif
