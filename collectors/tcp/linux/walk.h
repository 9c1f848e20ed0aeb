/* SPDX-License-Identifier: Apache-2.0
 * Walk mode: fills a namespace's count from the kernel's list of sockets, the listening ones first, since they tell who
 * was called; then all others, counted as they stream by. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_WALK_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_WALK_H

#include "collectors/tcp/count.h"
#include "collectors/tcp/linux/attribution.h"
#include "collectors/tcp/linux/events/watch.h"
#include "collectors/tcp/linux/namespace.h"
#include "collectors/tcp/linux/sock_diag.h"

/* diag was opened in the namespace. recounts: NULL, or the events whose counts the walk puts right and that then fill
 * the count. deadline: CLOCK_MONOTONIC. */
struct walk {
    struct attribution *attribution;
    struct sock_diag *diag;
    struct namespace *namespace;
    const struct namespace_settings *settings;
    struct event_watch *recounts;
    int64_t deadline;
};

/* Begins the count with the listening sockets and leaves the others to the caller. 0 or negative errno. */
int walk_listening(const struct walk *walk, struct count *count);

/* Fills the count, whose rules refer to the namespace's listeners and to settings. A walk that the kernel interrupts is
 * taken again, and counted in the namespace. 0 or negative errno, and then the count is void. */
int walk_fill(const struct walk *walk, struct count *count);

#endif
