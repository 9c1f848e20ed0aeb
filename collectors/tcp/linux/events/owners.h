/* SPDX-License-Identifier: Apache-2.0
 * Names of the owners that events noted: the executable and cgroup of whoever called connect(), also when both are gone
 * by now. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_OWNERS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_OWNERS_H

#include "collectors/tcp/linux/attribution.h"
#include "collectors/tcp/linux/events/events.h"

/* Zero to start with. known[i] is group i's owner once found. */
struct event_owners {
    struct attribution *attribution;
    struct events *events;
    struct owner *known; /* EVENT_GROUPS of them; process 0: not found yet */
};

/* Begins to name owners of these events. 0 or -ENOMEM. */
int event_owners_init(struct event_owners *owners, struct events *events, struct attribution *attribution);

/* Forgets all, as when the names begin anew or groups got other keys. */
void event_owners_clear(struct event_owners *owners);
void event_owners_forget(struct event_owners *owners, uint32_t group);

/* The owner of a group by its key. */
struct owner event_owners_find(struct event_owners *owners, uint32_t group);

/* Gives the memory back. */
void event_owners_free(struct event_owners *owners);

#endif
