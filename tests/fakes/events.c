/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICKS_PER_SECOND 250u

struct events {
    struct events_memory memory;
    uint32_t count;
    uint32_t age, serves, spilled;
    struct event_arrivals arrivals;
    bool forgotten[EVENT_GROUPS];
};

static int open_error = -EPERM;
static struct events *opened;
static uint64_t ticks = UINT64_C(4294967296);
static struct events_cost cost;
static uint32_t limit;
static const char *command_line;

void fake_events_allow(int error)
{
    open_error = error;
    cost = (struct events_cost){0};
    limit = 0;
    command_line = NULL;
}

struct events *fake_events(void)
{
    return opened;
}

void fake_events_advance(uint32_t milliseconds)
{
    ticks += (uint64_t)milliseconds * TICKS_PER_SECOND / 1000;
}

void fake_events_cost(uint64_t lost, uint64_t cpu_ns)
{
    cost = (struct events_cost){lost, cpu_ns};
}

void fake_events_limit(uint32_t groups)
{
    limit = groups;
}

void fake_events_command(const char *command)
{
    command_line = command;
}

int events_open(const struct events_settings *settings, struct events **ret_events, char *why, size_t size)
{
    (void)settings;
    if (open_error < 0) {
        snprintf(why, size, "CAP_BPF");
        return open_error;
    }
    struct events *events = calloc(1, sizeof(*events));
    if (!events)
        return -ENOMEM;
    events->memory.groups = calloc(EVENT_GROUPS, sizeof(*events->memory.groups));
    events->memory.live = calloc(EVENT_LIVE_SETS, sizeof(*events->memory.live));
    events->memory.tuples = calloc(EVENT_TUPLE_SETS, sizeof(*events->memory.tuples));
    events->memory.arrived = calloc(EVENT_ARRIVALS, sizeof(*events->memory.arrived));
    events->memory.arrivals = &events->arrivals;
    events->memory.age = &events->age;
    events->memory.serves = &events->serves;
    events->memory.spilled = &events->spilled;
    events->memory.seed = 42;
    events->count = EVENT_NOWHERE + 1;
    if (!events->memory.groups || !events->memory.live || !events->memory.tuples || !events->memory.arrived) {
        events_close(events);
        return -ENOMEM;
    }
    *ret_events = opened = events;
    return 0;
}

void events_close(struct events *events)
{
    if (!events)
        return;
    free(events->memory.groups);
    free(events->memory.live);
    free(events->memory.tuples);
    free(events->memory.arrived);
    free(events);
    opened = NULL;
}

const struct events_memory *events_memory(const struct events *events)
{
    return &events->memory;
}

uint32_t events_group_count(const struct events *events)
{
    return events->count;
}

int events_clock(struct events *events, struct events_clock *ret_clock)
{
    (void)events;
    *ret_clock = (struct events_clock){ticks, TICKS_PER_SECOND, 60 * TICKS_PER_SECOND, 9};
    return 0;
}

int events_group(struct events *events, const struct event_key *key, uint32_t *ret_group)
{
    for (uint32_t i = EVENT_NOWHERE + 1; i < events->count; i++) {
        const struct event_group *group = &events->memory.groups[i];
        if (group->used && !events->forgotten[i] && memcmp(&group->key, key, sizeof(*key)) == 0) {
            *ret_group = i;
            return 0;
        }
    }
    if (events->count == EVENT_GROUPS || (limit && events->count > EVENT_NOWHERE + limit))
        return -ENOSPC;
    events->memory.groups[events->count].key = *key;
    events->memory.groups[events->count].used = 1;
    *ret_group = events->count++;
    return 0;
}

void events_forget_group(struct events *events, uint32_t group)
{
    events->forgotten[group] = true;
}

void events_reuse_group(struct events *events, uint32_t group)
{
    memset(&events->memory.groups[group], 0, sizeof(events->memory.groups[group]));
}

int events_command(struct events *events, uint32_t key, char command[EVENT_COMMAND])
{
    (void)events;
    (void)key;
    if (!command_line)
        return -ENOENT;
    snprintf(command, EVENT_COMMAND, "%s", command_line);
    return 0;
}

void events_sweep_binds(struct events *events)
{
    (void)events;
}

int events_cost(const struct events *events, struct events_cost *ret_cost)
{
    (void)events;
    *ret_cost = cost;
    return 0;
}

static uint32_t group_of(const struct event_key *key)
{
    uint32_t group;
    return opened && events_group(opened, key, &group) == 0 ? group : 0;
}

struct event_group *fake_events_live(const struct event_key *key, uint64_t cookie, unsigned state)
{
    uint32_t group = group_of(key);
    __u64 *entries = opened->memory.live[event_live_set(cookie)].entries;
    entries[cookie & (EVENT_SET - 1)] = event_live_entry(cookie, opened->age, group);
    opened->memory.groups[group].states[state]++;
    return &opened->memory.groups[group];
}

void fake_events_time_wait(struct event_group *group, const struct event_tuple *tuple)
{
    uint32_t number = (uint32_t)(group - opened->memory.groups);
    uint32_t turn = (uint32_t)((ticks + 60 * TICKS_PER_SECOND) >> 9) + 1;
    uint64_t hash = event_hash_tuple(opened->memory.seed, tuple);
    opened->memory.tuples[hash & (EVENT_TUPLE_SETS - 1)].entries[0] = event_tuple_entry(hash, turn, number);
    event_wheel_add(group->wheel, turn, 1);
}
