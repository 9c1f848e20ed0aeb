/* SPDX-License-Identifier: Apache-2.0
 * Connections that processes opened, and those that failed, by destination: rows of tcp_connects. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_CONNECTS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_CONNECTS_H

#include "collectors/tcp/linux/events/merge.h"
#include "collectors/tcp/linux/events/tidy.h"
#include "snapshot/builder.h"

/* Why bind() failed no event tells. Those that failed since the last look are taken to have found no port where the
 * count says that nine tenths of their source's ports are taken. */
void connects_judge_binds(const struct merge *merge, struct tidy *tidy, const struct count *count);

/* Puts the rows of one namespace. 0 or -ENOMEM. */
int connects_put(const struct merge *merge, const struct tidy *tidy, const char *netns, struct builder *builder);

#endif
