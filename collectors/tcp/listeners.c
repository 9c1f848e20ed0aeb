/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/listeners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct place_key {
    struct tcp_address address;
    uint16_t port;
};

static int compare(const void *a, const void *b)
{
    const struct listener *one = a, *two = b;
    if (one->port != two->port)
        return one->port < two->port ? -1 : 1;
    return memcmp(&one->address, &two->address, sizeof(one->address));
}

void listeners_begin(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++)
        listeners->items[i].present = false;
}

static size_t find_place(struct listeners *listeners, const struct tcp_address *address, uint16_t port)
{
    const struct place_key key = {*address, port};
    return map_put(&listeners->places, &key, sizeof(key));
}

static int append(struct listeners *listeners, const struct tcp_socket *socket)
{
    if (listeners->count == listeners->capacity) {
        size_t capacity = listeners->capacity ? listeners->capacity * 2 : 32;
        struct listener *items = realloc(listeners->items, capacity * sizeof(*items));
        if (!items)
            return -ENOMEM;
        listeners->items = items;
        listeners->capacity = capacity;
    }
    listeners->items[listeners->count++] = (struct listener){.address = socket->local, .port = socket->local_port};
    listeners->unsorted = true;
    return 0;
}

int listeners_add(struct listeners *listeners, const struct tcp_socket *socket, struct owner owner, int64_t now)
{
    size_t place = find_place(listeners, &socket->local, socket->local_port);
    if (place == MAP_NONE || (place == listeners->count && append(listeners, socket) < 0)) {
        /* A key without its item would lead astray: let the next walk begin anew. */
        listeners_free(listeners);
        return -ENOMEM;
    }
    struct listener *item = &listeners->items[place];
    item->seen = now;
    if (!item->present) {
        item->present = true;
        item->owner = owner;
        item->sockets = 1;
        item->queue = socket->queue;
        item->queue_limit = socket->queue_limit;
        item->only_v6 = socket->only_v6;
        return 0;
    }
    item->sockets++;
    item->only_v6 = item->only_v6 && socket->only_v6;
    if (item->owner.process != owner.process)
        item->owner.process = NAME_UNKNOWN;
    if (item->owner.unit != owner.unit)
        item->owner.unit = NAME_NONE;
    /* The fullest by share of its bound; products avoid the division. */
    if ((uint64_t)socket->queue * item->queue_limit >= (uint64_t)item->queue * socket->queue_limit) {
        item->queue = socket->queue;
        item->queue_limit = socket->queue_limit;
    }
    return 0;
}

int listeners_end(struct listeners *listeners, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < listeners->count; i++)
        if (now - listeners->items[i].seen <= LISTENERS_MEMORY)
            listeners->items[kept++] = listeners->items[i];
    if (kept == listeners->count && !listeners->unsorted)
        return 0;
    listeners->count = kept;
    listeners->unsorted = false;
    if (kept > 1)
        qsort(listeners->items, kept, sizeof(*listeners->items), compare);
    memset(&listeners->ports, 0, sizeof(listeners->ports));
    map_clear(&listeners->places);
    for (size_t i = 0; i < kept; i++) {
        const struct listener *item = &listeners->items[i];
        if (find_place(listeners, &item->address, item->port) == MAP_NONE) {
            listeners_free(listeners);
            return -ENOMEM;
        }
        port_set_add(&listeners->ports, item->port);
    }
    return 0;
}

/* The first item of this port, or count. */
static size_t first_of(const struct listeners *listeners, uint16_t port)
{
    size_t low = 0, high = listeners->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (listeners->items[middle].port < port)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How well the listener explains a connection to address: 0 not at all. */
static int explains(const struct listener *listener, const struct tcp_address *address)
{
    int present = listener->present ? 1 : 0;
    if (memcmp(&listener->address, address, sizeof(*address)) == 0)
        return 4 + present;
    if (!tcp_address_is_any(&listener->address))
        return 0;
    bool v4 = tcp_address_is_v4(address);
    if (tcp_address_is_v4(&listener->address))
        return v4 ? 2 + present : 0;
    return v4 && listener->only_v6 ? 0 : 1 + present;
}

const struct listener *listeners_find(const struct listeners *listeners, const struct tcp_address *address,
                                      uint16_t port)
{
    const struct listener *best = NULL;
    int best_score = 0;
    if (!port_set_has(&listeners->ports, port))
        return NULL;
    for (size_t i = first_of(listeners, port); i < listeners->count && listeners->items[i].port == port; i++) {
        int score = explains(&listeners->items[i], address);
        if (score > best_score) {
            best_score = score;
            best = &listeners->items[i];
        }
    }
    return best;
}

uint32_t listeners_held(const struct listeners *listeners, const struct port_range *range)
{
    uint32_t held = 0, last = PORT_COUNT;
    for (size_t i = 0; i < listeners->count; i++) {
        const struct listener *item = &listeners->items[i];
        if (!item->present || item->port == last || !port_range_has(range, item->port))
            continue;
        last = item->port;
        held++;
    }
    return held;
}

void listeners_free(struct listeners *listeners)
{
    free(listeners->items);
    map_free(&listeners->places);
    *listeners = (struct listeners){0};
}
