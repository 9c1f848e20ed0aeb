/* SPDX-License-Identifier: Apache-2.0
 * Walk mode: fills a namespace's count from the kernel's list of sockets, the listening ones first, since they tell who
 * was called; then all others, counted as they stream by. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_WALK_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_WALK_H

#include "collectors/tcp/count.h"
#include "collectors/tcp/linux/attribution.h"
#include "collectors/tcp/linux/namespace.h"
#include "collectors/tcp/linux/sock_diag.h"

/* diag was opened in the namespace. deadline: CLOCK_MONOTONIC. */
struct walk {
    struct attribution *attribution;
    struct sock_diag *diag;
    struct namespace *namespace;
    const struct namespace_settings *settings;
    int64_t deadline;
};

/* Fills the count, whose rules refer to the namespace's listeners and to settings. A walk that the kernel interrupts is
 * taken again, and counted in the namespace. 0 or negative errno, and then the count is void. */
int walk_fill(const struct walk *walk, struct count *count);

#endif
