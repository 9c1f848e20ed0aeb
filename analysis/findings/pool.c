/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/pool.h"

#include <math.h>
#include <string.h>

#include "snapshot/tables/port_use.h"

/* connect() leaves every second port alone until the others are gone. */
static const double beyond_connect = 0.52;

/* So many more connections than ports, and some ports are certainly shared. */
static const double once = 1.02;

static bool is_of(const struct builder *builder, const struct table *table, size_t row, unsigned source_column,
                  unsigned netns_column, const struct pool *pool)
{
    return strcmp(builder_get_text(builder, table, row, source_column), pool->source) == 0 &&
           strcmp(builder_get_text(builder, table, row, netns_column), pool->netns) == 0;
}

/* Ports held by bind() and not connected yet: destination "*". */
static bool is_bound(const struct builder *builder, const struct pool *pool)
{
    const struct table *table = &table_port_users;
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (strcmp(builder_get_text(builder, table, row, PORT_USERS_DESTINATION), "*") == 0 &&
            is_of(builder, table, row, PORT_USERS_SOURCE, PORT_USERS_NETNS, pool))
            return true;
    return false;
}

static bool is_fullest(const struct builder *builder, size_t row, const struct pool *pool)
{
    const struct table *table = &table_port_pools;
    for (size_t i = 0; i < builder_row_count(builder, table); i++) {
        double other = builder_get_real(builder, table, i, PORT_POOLS_RATIO);
        if ((other > pool->ratio || (other == pool->ratio && i < row)) &&
            strcmp(builder_get_text(builder, table, i, PORT_POOLS_NETNS), pool->netns) == 0)
            return false;
    }
    return true;
}

static bool takes_each_once(const struct builder *builder, const struct pool *pool)
{
    const struct table *table = &table_port_use;
    double sum = 0, fullest = 0;
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        double used = (double)builder_get_number(builder, table, row, PORT_USE_USED);
        bool folded = !builder_has(builder, table, row, PORT_USE_DESTINATION);
        if (!folded && !is_of(builder, table, row, PORT_USE_SOURCE, PORT_USE_NETNS, pool))
            continue;
        if (folded && strcmp(builder_get_text(builder, table, row, PORT_USE_NETNS), pool->netns) != 0)
            continue;
        sum += used;
        fullest = !folded && used > fullest ? used : fullest;
    }
    double all = (double)pool->used;
    return pool->ratio >= beyond_connect && sum <= all * once && fullest < all / 2;
}

static double real_at(const struct builder *builder, size_t row, unsigned column)
{
    const struct table *table = &table_port_pools;
    return builder_has(builder, table, row, column) ? builder_get_real(builder, table, row, column) : NAN;
}

bool pool_at(const struct findings *findings, size_t row, struct pool *ret_pool)
{
    const struct builder *builder = findings_builder(findings);
    const struct table *table = &table_port_pools;
    if (!builder_has(builder, table, row, PORT_POOLS_RATIO) || !builder_has(builder, table, row, PORT_POOLS_SOURCE))
        return false;
    *ret_pool = (struct pool){
        .source = builder_get_text(builder, table, row, PORT_POOLS_SOURCE),
        .netns = builder_get_text(builder, table, row, PORT_POOLS_NETNS),
        .v6 = builder_get_number(builder, table, row, PORT_POOLS_FAMILY) == PORT_FAMILY_IPV6,
        .used = builder_get_number(builder, table, row, PORT_POOLS_USED),
        .usable = builder_get_number(builder, table, row, PORT_POOLS_USABLE),
        .ratio = builder_get_real(builder, table, row, PORT_POOLS_RATIO),
    };
    ret_pool->fullest = is_fullest(builder, row, ret_pool);
    ret_pool->subject = ret_pool->source;
    if (strcmp(ret_pool->source, "*") == 0)
        ret_pool->subject = ret_pool->v6 ? "the IPv6 pool" : "the IPv4 pool";
    ret_pool->demand = real_at(builder, row, PORT_POOLS_DEMAND);
    ret_pool->exhaustion = real_at(builder, row, PORT_POOLS_EXHAUSTION);
    ret_pool->rate = real_at(builder, row, PORT_POOLS_RATE);
    ret_pool->binds = builder_get_number(builder, table, row, PORT_POOLS_SHARED) != 0 || is_bound(builder, ret_pool) ||
                      takes_each_once(builder, ret_pool);
    return true;
}
