/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/windows/owners.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "collectors/tcp/windows/process_list.h"

/* Between the names of several services in one process. */
#define SEPARATOR "+"

struct listing {
    struct owners *owners;
    struct names *names;
};

static struct owner *make(struct owners *owners, uint32_t pid)
{
    void *items = owners->items;
    size_t known = owners->pids.count;
    if (array_make_room(&items, &owners->capacity, known, sizeof(*owners->items)) < 0) {
        owners->error = -ENOMEM;
        return NULL;
    }
    owners->items = items;
    size_t position = map_put(&owners->pids, &pid, sizeof(pid));
    if (position == MAP_NONE) {
        owners->error = -ENOMEM;
        return NULL;
    }
    if (position == known)
        owners->items[position] = OWNER_UNKNOWN;
    return &owners->items[position];
}

static void add_program(void *context, uint32_t pid, const char *name)
{
    const struct listing *listing = context;
    struct owner *owner = make(listing->owners, pid);
    if (owner)
        owner->process = names_process(listing->names, name, strlen(name));
}

static void add_service(void *context, uint32_t pid, const char *name)
{
    const struct listing *listing = context;
    size_t position = map_find(&listing->owners->pids, &pid, sizeof(pid));
    char joined[256];
    if (position == MAP_NONE || pid == 0)
        return; /* it began after the programs were listed: the next sample has it */
    struct owner *owner = &listing->owners->items[position];
    const char *before = owner->unit == NAME_NONE ? "" : names_text(listing->names, owner->unit);
    int length = snprintf(joined, sizeof(joined), "%s%s%s", before, before[0] ? SEPARATOR : "", name);
    size_t most = sizeof(joined) - 1;
    owner->unit = names_unit(listing->names, joined, (size_t)length < most ? (size_t)length : most);
}

int owners_refresh(struct owners *owners, struct names *names, int *ret_services_error)
{
    struct listing listing = {owners, names};
    map_clear(&owners->pids);
    owners->error = 0;
    *ret_services_error = 0;
    int error = process_list_programs(add_program, &listing);
    if (error == 0)
        error = owners->error;
    if (error < 0) {
        map_clear(&owners->pids);
        return error;
    }
    *ret_services_error = process_list_services(add_service, &listing);
    return 0;
}

struct owner owners_find(const struct owners *owners, uint32_t pid)
{
    size_t position = map_find(&owners->pids, &pid, sizeof(pid));
    return position == MAP_NONE ? OWNER_UNKNOWN : owners->items[position];
}

void owners_free(struct owners *owners)
{
    map_free(&owners->pids);
    free(owners->items);
    *owners = (struct owners){0};
}
