/* SPDX-License-Identifier: Apache-2.0
 * The agent's side of remembering which group each TIME_WAIT is of: the sets that it shares with the event program, and
 * the list from which it fills them. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_TIME_WAITS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_EVENTS_TIME_WAITS_H

#include "collectors/tcp/linux/events/events.h"

/* The group of the TIME_WAIT with this hash of its ends, also of one that is over; 0: none. */
uint32_t time_waits_find(const struct events_memory *memory, uint64_t hash);

/* Remembers one, in place of what is known of it. `now` is the turn of the timer wheel. Where both of its sets are full
 * another is forgotten. */
void time_waits_put(const struct events_memory *memory, uint32_t now, uint64_t hash, uint64_t entry);

/* Takes what the event program has listed into the sets. */
void time_waits_take(const struct events_memory *memory, uint32_t now);

#endif
