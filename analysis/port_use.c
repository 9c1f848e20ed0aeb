/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/port_use.h"

#include <string.h>

#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_internal.h"

/* From here up a destination has a row of its own, whatever others take. */
#define NOTABLE_PORTS 100u
static const double notable_share = 0.005;

/* The ports that one destination can be reached from; 0 where the namespace's range is not known. */
static uint64_t usable_ports(const struct builder *builder, const char *netns)
{
    const struct table *ranges = &table_tcp_ranges;
    for (size_t i = 0; i < builder_row_count(builder, ranges); i++) {
        if (strcmp(builder_get_text(builder, ranges, i, TCP_RANGES_NETNS), netns) != 0)
            continue;
        uint64_t all = builder_get_number(builder, ranges, i, TCP_RANGES_HIGH) -
                       builder_get_number(builder, ranges, i, TCP_RANGES_LOW) + 1;
        uint64_t taken = builder_get_number(builder, ranges, i, TCP_RANGES_RESERVED) +
                         builder_get_number(builder, ranges, i, TCP_RANGES_HELD);
        return all > taken ? all - taken : 0;
    }
    return 0;
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

static void put_use(struct builder *builder, size_t row)
{
    const struct table *endpoints = &table_tcp_endpoints;
    const char *destination = builder_get_text(builder, endpoints, row, TCP_ENDPOINTS_DESTINATION);
    const char *netns = builder_get_text(builder, endpoints, row, TCP_ENDPOINTS_NETNS);
    const char *source = builder_get_text(builder, endpoints, row, TCP_ENDPOINTS_SOURCE);
    uint64_t used = builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_USED);
    uint64_t reusable = builder_get_number(builder, endpoints, row, TCP_ENDPOINTS_REUSABLE);
    uint64_t usable = usable_ports(builder, netns);
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_NETNS, netns);
    builder_number(builder, PORT_USE_USED, used);
    builder_number(builder, PORT_USE_REUSABLE, reusable);
    if (is_other(destination)) {
        builder_others(builder, 1);
        return;
    }
    builder_text(builder, PORT_USE_SOURCE, source);
    builder_text(builder, PORT_USE_DESTINATION, destination);
    builder_number(builder, PORT_USE_USABLE, usable);
    if (usable > 0)
        builder_real(builder, PORT_USE_RATIO, (double)(used - reusable) / (double)usable);
    if (!is_notable(used - reusable, usable))
        builder_weak(builder);
}

static void put_user(struct builder *builder, size_t row)
{
    const struct table *holders = &table_tcp_holders;
    const char *netns = builder_get_text(builder, holders, row, TCP_HOLDERS_NETNS);
    uint64_t used = builder_get_number(builder, holders, row, TCP_HOLDERS_USED);
    uint64_t usable = usable_ports(builder, netns);
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
    if (!is_notable(used, usable))
        builder_weak(builder);
}

void port_use_analyse(struct builder *builder)
{
    for (size_t i = 0, count = builder_row_count(builder, &table_tcp_endpoints); i < count; i++)
        put_use(builder, i);
    for (size_t i = 0, count = builder_row_count(builder, &table_tcp_holders); i < count; i++)
        put_user(builder, i);
}
