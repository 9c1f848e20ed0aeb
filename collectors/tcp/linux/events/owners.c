/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* NAME_NONE is no process's name, so it marks what was not asked yet. */
#define NOT_FOUND_YET NAME_NONE

int event_owners_init(struct event_owners *owners, struct events *events, struct attribution *attribution)
{
    owners->known = calloc(EVENT_GROUPS, sizeof(*owners->known));
    owners->events = events;
    owners->attribution = attribution;
    return owners->known ? 0 : -ENOMEM;
}

void event_owners_clear(struct event_owners *owners)
{
    if (owners->known)
        memset(owners->known, 0, EVENT_GROUPS * sizeof(*owners->known));
}

void event_owners_forget(struct event_owners *owners, uint32_t group)
{
    owners->known[group] = (struct owner){NOT_FOUND_YET, NAME_NONE};
}

static uint32_t process_of(struct event_owners *owners, const struct event_key *key)
{
    struct names *names = &owners->attribution->names;
    char command[EVENT_COMMAND];
    uint32_t name = NAME_UNKNOWN;
    if (key->command != 0 && events_command(owners->events, key->command, command) == 0)
        name = processes_rule_name(&owners->attribution->processes, names, command);
    return name == NAME_UNKNOWN ? names_process(names, key->name, strnlen(key->name, sizeof(key->name))) : name;
}

struct owner event_owners_find(struct event_owners *owners, uint32_t group)
{
    struct owner *known = &owners->known[group];
    const struct event_key *key = &events_memory(owners->events)->groups[group].key;
    if (known->process == NOT_FOUND_YET)
        known->process = process_of(owners, key);
    if (known->unit == NAME_NONE) /* none, or a cgroup so new that its name was not looked up yet */
        known->unit = attribution_unit(owners->attribution, key->cgroup);
    return *known;
}

void event_owners_free(struct event_owners *owners)
{
    free(owners->known);
    *owners = (struct event_owners){0};
}
