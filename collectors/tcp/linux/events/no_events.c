/* SPDX-License-Identifier: Apache-2.0
 * Events in a build without libbpf: there are none, and whoever demands them is told so. */
#include <errno.h>
#include <stdio.h>

#include "collectors/tcp/linux/events/events.h"

int events_open(const struct events_settings *settings, struct events **ret_events, char *why, size_t size)
{
    (void)settings;
    (void)ret_events;
    (void)snprintf(why, size, "a build with CHOKEPOINT_EVENTS=ON");
    return -ENOTSUP;
}

void events_close(struct events *events)
{
    (void)events;
}

const struct events_memory *events_memory(const struct events *events)
{
    (void)events;
    return NULL;
}

uint32_t events_group_count(const struct events *events)
{
    (void)events;
    return 0;
}

int events_clock(struct events *events, struct events_clock *ret_clock)
{
    (void)events;
    (void)ret_clock;
    return -ENOTSUP;
}

int events_group(struct events *events, const struct event_key *key, uint32_t *ret_group)
{
    (void)events;
    (void)key;
    (void)ret_group;
    return -ENOTSUP;
}

void events_forget_group(struct events *events, uint32_t group)
{
    (void)events;
    (void)group;
}

void events_reuse_group(struct events *events, uint32_t group)
{
    (void)events;
    (void)group;
}

int events_command(struct events *events, uint32_t key, char command[EVENT_COMMAND])
{
    (void)events;
    (void)key;
    (void)command;
    return -ENOENT;
}

void events_sweep_binds(struct events *events)
{
    (void)events;
}

int events_cost(const struct events *events, struct events_cost *ret_cost)
{
    (void)events;
    (void)ret_cost;
    return -ENOTSUP;
}
