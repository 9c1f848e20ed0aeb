/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/pools.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_of(const struct pool *pool, const struct tcp_address *source)
{
    return memcmp(&pool->source, source, sizeof(*source)) == 0;
}

/* A pool without ports for this source; NULL beyond the bound or when memory is short. */
static struct pool *begin(struct pools *pools, const struct tcp_address *source)
{
    if (pools->count == POOLS_MAX)
        return NULL;
    struct pool **item = &pools->items[pools->count];
    if (!*item)
        *item = malloc(sizeof(**item));
    if (!*item) {
        pools->error = -ENOMEM;
        return NULL;
    }
    memset(*item, 0, sizeof(**item));
    (*item)->source = *source;
    pools->last = pools->count++;
    return *item;
}

static struct pool *find(struct pools *pools, const struct tcp_address *source)
{
    if (pools->last < pools->count && is_of(pools->items[pools->last], source))
        return pools->items[pools->last];
    for (unsigned i = 0; i < pools->count; i++) {
        if (is_of(pools->items[i], source)) {
            pools->last = i;
            return pools->items[i];
        }
    }
    return begin(pools, source);
}

void pools_add(struct pools *pools, const struct tcp_address *source, uint16_t port)
{
    struct pool *pool = find(pools, source);
    if (!pool || port_set_has(&pool->ports, port))
        return;
    port_set_add(&pool->ports, port);
    pool->used++;
}

void pools_set(struct pools *pools, const struct tcp_address *source, uint32_t used)
{
    struct pool *pool = find(pools, source);
    if (pool)
        pool->used = used;
}

void pools_clear(struct pools *pools)
{
    pools->count = pools->last = 0;
    pools->error = 0;
}

void pools_free(struct pools *pools)
{
    for (unsigned i = 0; i < POOLS_MAX; i++)
        free(pools->items[i]);
    *pools = (struct pools){0};
}
