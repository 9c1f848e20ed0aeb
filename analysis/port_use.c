/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/port_use.h"

#include <math.h>
#include <string.h>

#include "analysis/port_level.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_internal.h"

/* From here up a destination has a row of its own, whatever others take. */
#define NOTABLE_PORTS 100u
static const double notable_share = 0.005;

/* Of the others so many are handed on: more than are ever shown, yet few enough to remember each for the hold time. */
#define WEAK_ROWS 16u

_Static_assert(PORT_LEVEL_AGES == TCP_ENDPOINTS_AGES, "the collector and the arithmetic divide a life alike");

/* What holds for one namespace and family; usable is 0 where the range is not known. */
struct range {
    bool known;
    uint64_t usable;
    enum tcp_reuse reuse;
    double life_seconds;
    bool one_pool;
    bool no_cliff;
};

static struct range range_at(const struct builder *builder, size_t row)
{
    const struct table *ranges = &table_tcp_ranges;
    bool known = builder_has(builder, ranges, row, TCP_RANGES_LOW);
    uint64_t all = builder_get_number(builder, ranges, row, TCP_RANGES_HIGH) -
                   builder_get_number(builder, ranges, row, TCP_RANGES_LOW) + known;
    uint64_t taken = builder_get_number(builder, ranges, row, TCP_RANGES_RESERVED) +
                     builder_get_number(builder, ranges, row, TCP_RANGES_HELD);
    return (struct range){
        .known = known,
        .usable = all > taken ? all - taken : 0,
        .reuse = (enum tcp_reuse)builder_get_number(builder, ranges, row, TCP_RANGES_REUSE),
        .life_seconds = builder_get_real(builder, ranges, row, TCP_RANGES_TIME_WAIT),
        .one_pool = builder_get_number(builder, ranges, row, TCP_RANGES_ONE_POOL) != 0,
        .no_cliff = builder_get_number(builder, ranges, row, TCP_RANGES_NO_CLIFF) != 0,
    };
}

static bool is_for(const struct builder *builder, size_t row, const char *netns, bool v6)
{
    uint64_t family = builder_get_number(builder, &table_tcp_ranges, row, TCP_RANGES_FAMILY);
    return strcmp(builder_get_text(builder, &table_tcp_ranges, row, TCP_RANGES_NETNS), netns) == 0 &&
           (family == PORT_RANGE_BOTH || (family == PORT_RANGE_V6) == v6);
}

static struct range find_range(const struct builder *builder, const char *netns, bool v6)
{
    for (size_t i = 0; i < builder_row_count(builder, &table_tcp_ranges); i++)
        if (is_for(builder, i, netns, v6))
            return range_at(builder, i);
    return (struct range){0};
}

/* The range that a row of tcp_endpoints or tcp_holders draws from. */
static struct range range_of(const struct builder *builder, const struct table *table, size_t row, unsigned source,
                             unsigned netns)
{
    bool v6 = strchr(builder_get_text(builder, table, row, source), ':') != NULL;
    return find_range(builder, builder_get_text(builder, table, row, netns), v6);
}

static struct range endpoint_range(const struct builder *builder, size_t row)
{
    return range_of(builder, &table_tcp_endpoints, row, TCP_ENDPOINTS_SOURCE, TCP_ENDPOINTS_NETNS);
}

static bool is_notable(uint64_t ports, uint64_t usable)
{
    return ports >= NOTABLE_PORTS || (double)ports >= notable_share * (double)usable;
}

/* The row that sums what the collector did not give one by one. */
static bool is_other(const char *destination)
{
    return strcmp(destination, "other") == 0;
}

static struct port_level level_at(const struct builder *builder, size_t row, const struct range *range)
{
    const struct table *endpoints = &table_tcp_endpoints;
    uint64_t used = builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_USED);
    bool loopback = builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_LOOPBACK) != 0;
    struct port_level level = {
        .live = used,
        .held = used - builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_REUSABLE),
        .usable = range->usable,
        .life_seconds = range->life_seconds,
        .reusable = range->reuse == TCP_REUSE_ALWAYS || (range->reuse == TCP_REUSE_LOOPBACK && loopback),
    };
    for (unsigned i = 0; i < PORT_LEVEL_AGES; i++) {
        level.ages[i] = builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_AGE + i);
        level.live -= level.ages[i];
    }
    return level;
}

static void put_level(struct builder *builder, const struct port_level *level, uint64_t peak, const struct range *range)
{
    double usable = (double)level->usable;
    if (range->known)
        builder_number(builder, PORT_USE_USABLE, level->usable);
    builder_number(builder, PORT_USE_CLIFF, !level->reusable && !range->no_cliff);
    if (level->usable == 0)
        return;
    builder_real(builder, PORT_USE_RATIO, (double)level->held / usable);
    builder_real(builder, PORT_USE_PEAK, (double)peak / usable);
    if (level->life_seconds <= 0)
        return;
    builder_real(builder, PORT_USE_RATE, port_level_rate(level));
    builder_real(builder, PORT_USE_HOLD, port_level_hold(level));
    builder_real(builder, PORT_USE_DEMAND, port_level_demand(level));
    builder_real(builder, PORT_USE_EXHAUSTION, port_level_exhaustion(level)); /* NaN: absent */
}

static void put_use(struct builder *builder, size_t row)
{
    const struct table *endpoints = &table_tcp_endpoints;
    const char *netns = builder_get_text(builder, endpoints, row, TCP_ENDPOINTS_NETNS);
    const struct range range = endpoint_range(builder, row);
    const struct port_level level = level_at(builder, row, &range);
    uint64_t peak = builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_PEAK);
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_SOURCE, builder_get_text(builder, endpoints, row, TCP_ENDPOINTS_SOURCE));
    builder_text(builder, PORT_USE_DESTINATION, builder_get_text(builder, endpoints, row, TCP_ENDPOINTS_DESTINATION));
    builder_text(builder, PORT_USE_NETNS, netns);
    builder_number(builder, PORT_USE_USED, builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_USED));
    builder_number(builder, PORT_USE_REUSABLE, builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_REUSABLE));
    if (builder_has(builder, endpoints, row, TCP_ENDPOINTS_TAKEN))
        builder_number(builder, PORT_USE_TAKEN, builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_TAKEN));
    put_level(builder, &level, peak, &range);
    if (!is_notable(level.held, range.usable))
        builder_weak(builder);
}

static void put_other_use(struct builder *builder, size_t row)
{
    const struct table *endpoints = &table_tcp_endpoints;
    builder_row(builder, &table_port_use);
    builder_others(builder, 1);
    builder_text(builder, PORT_USE_NETNS, builder_get_text(builder, endpoints, row, TCP_ENDPOINTS_NETNS));
    builder_number(builder, PORT_USE_USED, builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_USED));
    builder_number(builder, PORT_USE_REUSABLE, builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_REUSABLE));
}

/* Whether the snapshot before shows a row for this endpoint. */
static bool is_shown(const struct builder *builder, size_t row)
{
    static const unsigned pairs[][2] = {{PORT_USE_DESTINATION, TCP_ENDPOINTS_DESTINATION},
                                        {PORT_USE_SOURCE, TCP_ENDPOINTS_SOURCE},
                                        {PORT_USE_NETNS, TCP_ENDPOINTS_NETNS}};
    const struct snapshot *previous = builder_previous(builder);
    for (size_t i = 0; previous && i < snapshot_row_count(previous, &table_port_use); i++) {
        unsigned equal = 0;
        while (equal < 3 && strcmp(snapshot_text(previous, &table_port_use, i, pairs[equal][0]),
                                   builder_get_text(builder, &table_tcp_endpoints, row, pairs[equal][1])) == 0)
            equal++;
        if (equal == 3)
            return true;
    }
    return false;
}

static double share_at(const struct builder *builder, size_t row)
{
    const struct range range = endpoint_range(builder, row);
    uint64_t held = builder_get_number(builder, &table_tcp_endpoints, row, TCP_ENDPOINTS_USED) -
                    builder_get_number(builder, &table_tcp_endpoints, row, TCP_ENDPOINTS_REUSABLE);
    return range.usable > 0 ? (double)held / (double)range.usable : 0;
}

/* The share that is the WEAK_ROWS-th greatest of all. */
static double least_share(const struct builder *builder)
{
    double greatest[WEAK_ROWS] = {0};
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_endpoints); row++) {
        double share = share_at(builder, row);
        for (unsigned i = 0; i < WEAK_ROWS; i++) {
            if (share <= greatest[i])
                continue;
            double smaller = greatest[i];
            greatest[i] = share;
            share = smaller;
        }
    }
    return greatest[WEAK_ROWS - 1];
}

static void put_uses(struct builder *builder)
{
    const struct table *endpoints = &table_tcp_endpoints;
    double least = least_share(builder);
    unsigned given = 0;
    for (size_t row = 0, count = builder_row_count(builder, endpoints); row < count; row++) {
        const struct range range = endpoint_range(builder, row);
        uint64_t held = builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_USED) -
                        builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_REUSABLE);
        bool other = is_other(builder_get_text(builder, endpoints, row, TCP_ENDPOINTS_DESTINATION));
        bool wanted = !other && (is_notable(held, range.usable) || is_shown(builder, row));
        if (!wanted && !other && share_at(builder, row) >= least && given < WEAK_ROWS) {
            wanted = true;
            given++;
        }
        if (wanted)
            put_use(builder, row);
        else
            put_other_use(builder, row);
    }
}

static void put_user(struct builder *builder, size_t row)
{
    const struct table *holders = &table_tcp_holders;
    const char *netns = builder_get_text(builder, holders, row, TCP_HOLDERS_NETNS);
    uint64_t used = builder_get_number(builder, holders, row, TCP_HOLDERS_USED);
    builder_row(builder, &table_port_users);
    builder_text(builder, PORT_USERS_NETNS, netns);
    builder_number(builder, PORT_USERS_USED, used);
    if (is_other(builder_get_text(builder, holders, row, TCP_HOLDERS_DESTINATION))) {
        builder_others(builder, 1);
        return;
    }
    builder_text(builder, PORT_USERS_SOURCE, builder_get_text(builder, holders, row, TCP_HOLDERS_SOURCE));
    builder_text(builder, PORT_USERS_DESTINATION, builder_get_text(builder, holders, row, TCP_HOLDERS_DESTINATION));
    builder_text(builder, PORT_USERS_PROCESS, builder_get_text(builder, holders, row, TCP_HOLDERS_PROCESS));
    builder_text(builder, PORT_USERS_UNIT, builder_get_text(builder, holders, row, TCP_HOLDERS_UNIT));
    if (!is_notable(used, range_of(builder, holders, row, TCP_HOLDERS_SOURCE, TCP_HOLDERS_NETNS).usable))
        builder_weak(builder);
}

/* Where every connection draws from it, its level is that of all of them. */
static void put_pool_level(struct builder *builder, size_t row, const struct range *range)
{
    struct port_level level = {
        .live = builder_get_number(builder, &table_tcp_pools, row, TCP_POOLS_SOCKETS),
        .held = builder_get_number(builder, &table_tcp_pools, row, TCP_POOLS_USED),
        .usable = range->usable,
        .life_seconds = range->life_seconds,
    };
    for (unsigned i = 0; i < PORT_LEVEL_AGES; i++) {
        level.ages[i] = builder_get_number(builder, &table_tcp_pools, row, TCP_POOLS_AGE + i);
        level.live -= level.ages[i];
    }
    builder_real(builder, PORT_POOLS_DEMAND, port_level_demand(&level));
    builder_real(builder, PORT_POOLS_EXHAUSTION, port_level_exhaustion(&level)); /* NaN: absent */
    builder_real(builder, PORT_POOLS_RATE, port_level_rate(&level));
}

static void put_pool(struct builder *builder, size_t row)
{
    const struct table *pools = &table_tcp_pools;
    const char *netns = builder_get_text(builder, pools, row, TCP_POOLS_NETNS);
    uint64_t used = builder_get_number(builder, pools, row, TCP_POOLS_USED);
    bool v6 = builder_get_number(builder, pools, row, TCP_POOLS_V6) != 0;
    const struct range range = find_range(builder, netns, v6);
    uint64_t usable = range.usable;
    builder_row(builder, &table_port_pools);
    builder_text(builder, PORT_POOLS_SOURCE, builder_get_text(builder, pools, row, TCP_POOLS_SOURCE));
    builder_number(builder, PORT_POOLS_FAMILY, v6 ? PORT_FAMILY_IPV6 : PORT_FAMILY_IPV4);
    builder_text(builder, PORT_POOLS_NETNS, netns);
    builder_number(builder, PORT_POOLS_USED, used);
    builder_number(builder, PORT_POOLS_SHARED, range.one_pool);
    if (range.known)
        builder_number(builder, PORT_POOLS_USABLE, usable);
    if (usable > 0)
        builder_real(builder, PORT_POOLS_RATIO, (double)used / (double)usable);
    if (usable > 0 && range.one_pool && range.life_seconds > 0)
        put_pool_level(builder, row, &range);
    if (!is_notable(used, usable))
        builder_weak(builder);
}

static void put_limits(struct builder *builder, size_t row)
{
    const struct range range = range_at(builder, row);
    if (builder_get_number(builder, &table_tcp_ranges, row, TCP_RANGES_FAMILY) == PORT_RANGE_V6)
        return; /* one row for each namespace: that of IPv4 */
    builder_row(builder, &table_port_limits);
    builder_text(builder, PORT_LIMITS_NETNS, builder_get_text(builder, &table_tcp_ranges, row, TCP_RANGES_NETNS));
    if (range.life_seconds <= 0)
        return;
    builder_real(builder, PORT_LIMITS_TIME_WAIT, range.life_seconds);
    if (range.known)
        builder_real(builder, PORT_LIMITS_SUSTAINABLE, (double)range.usable / range.life_seconds);
}

void port_use_analyse(struct builder *builder)
{
    put_uses(builder);
    for (size_t i = 0, count = builder_row_count(builder, &table_tcp_holders); i < count; i++)
        put_user(builder, i);
    for (size_t i = 0, count = builder_row_count(builder, &table_tcp_pools); i < count; i++)
        put_pool(builder, i);
    for (size_t i = 0, count = builder_row_count(builder, &table_tcp_ranges); i < count; i++)
        put_limits(builder, i);
}
