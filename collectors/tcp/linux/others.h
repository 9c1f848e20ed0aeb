/* SPDX-License-Identifier: Apache-2.0
 * The other network namespaces of a sample. Each succeeds or fails alone, as the source netns:NAME; one that vanishes
 * costs its rows and nothing else. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_OTHERS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_OTHERS_H

#include "collectors/tcp/linux/namespaces.h"
#include "collectors/tcp/linux/sight.h"
#include "snapshot/builder.h"

/* Finds them and puts their rows, from a thread that enters one after the other and is then thrown away: the calling
 * thread stays where it is whatever goes wrong. What goes wrong is told as failed sources. deadline: CLOCK_MONOTONIC.
 */
void others_collect(struct namespaces *namespaces, struct sight *sight, struct builder *builder, int64_t deadline);

#endif
