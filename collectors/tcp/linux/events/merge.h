/* SPDX-License-Identifier: Apache-2.0
 * From the groups that events count in the kernel to the flows that both modes share. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_MERGE_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_MERGE_H

#include "collectors/tcp/count.h"
#include "collectors/tcp/linux/events/events.h"
#include "collectors/tcp/linux/events/owners.h"

/* What merging needs beside the count that it fills. */
struct merge {
    struct events *events;
    struct event_owners *owners;
    struct events_clock clock;
    uint32_t netns;
};

/* TIME_WAITs of the namespace by the events, to be held against sockstat's: the fewest and the most that it may tell,
 * which differ around the end of a turn. */
void merge_time_waits(const struct merge *merge, uint64_t *ret_fewest, uint64_t *ret_most);

/* Adds every group's sockets to the count. The count's listeners say whose the inbound ones are. */
void merge_groups(const struct merge *merge, struct count *count);

/* Sockets of the source whose port bind() chose, in any state. */
uint32_t merge_bound(const struct merge *merge, const struct tcp_address *source);

/* The next group after *group whose sockets had their port from bind(), and its source address. false: no more. */
bool merge_next_bound(const struct merge *merge, uint32_t *group, struct tcp_address *ret_source);

/* Whether a group belongs to the namespace and is shown with an owner of its own: not that of strangers. */
bool merge_shows(const struct merge *merge, const struct event_group *group);

#endif
