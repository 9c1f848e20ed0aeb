/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/resource.h"

#include <math.h>
#include <string.h>

#include "analysis/findings/tuning_value.h"
#include "snapshot/tables/conntrack.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_states.h"

static const struct {
    const char *beginning;
    enum resource resource;
} bounded[] = {
    {"net.ipv4.ip_local_port_range", RESOURCE_PORTS},
    {"net.ipv4.tcp_tw_reuse", RESOURCE_PORTS},
    {"net.ipv4.tcp_timestamps", RESOURCE_PORTS},
    {"net.core.somaxconn", RESOURCE_ACCEPT_QUEUE},
    {"net.ipv4.tcp_max_syn_backlog", RESOURCE_ACCEPT_QUEUE},
    {"net.ipv4.tcp_abort_on_overflow", RESOURCE_ACCEPT_QUEUE},
    {"net.ipv4.tcp_max_tw_buckets", RESOURCE_TIME_WAIT},
    {"net.netfilter.nf_conntrack", RESOURCE_CONNTRACK},
    {"Services\\Tcpip\\Parameters\\", RESOURCE_PORTS},
    {"ipv4 dynamicport", RESOURCE_PORTS},
    {"ipv6 dynamicport", RESOURCE_PORTS},
};

static const char *const names[] = {"none", "ports", "accept_queue", "time_wait", "conntrack"};

enum resource resource_of(const char *key)
{
    for (size_t i = 0; i < sizeof(bounded) / sizeof(bounded[0]); i++)
        if (strncmp(key, bounded[i].beginning, strlen(bounded[i].beginning)) == 0)
            return bounded[i].resource;
    return RESOURCE_NONE;
}

/* The greatest part/whole of the rows. */
static double greatest_share(const struct builder *builder, const struct table *table, unsigned part, unsigned whole)
{
    double greatest = 0;
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        double bound = (double)builder_get_number(builder, table, row, whole);
        if (bound > 0)
            greatest = fmax(greatest, (double)builder_get_number(builder, table, row, part) / bound);
    }
    return greatest;
}

static double ports(const struct builder *builder)
{
    double greatest = 0;
    for (size_t row = 0; row < builder_row_count(builder, &table_port_use); row++) {
        greatest = fmax(greatest, builder_get_real(builder, &table_port_use, row, PORT_USE_RATIO));
        greatest = fmax(greatest, builder_get_real(builder, &table_port_use, row, PORT_USE_PEAK));
    }
    for (size_t row = 0; row < builder_row_count(builder, &table_port_pools); row++)
        if (builder_get_number(builder, &table_port_pools, row, PORT_POOLS_SHARED) != 0)
            greatest = fmax(greatest, builder_get_real(builder, &table_port_pools, row, PORT_POOLS_RATIO));
    return greatest;
}

static double time_waits(const struct findings *findings)
{
    const struct builder *builder = findings_builder(findings);
    uint64_t most = tuning_value_number(findings, "net.ipv4.tcp_max_tw_buckets", "", "", 0);
    double greatest = 0;
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_states); row++)
        if (builder_get_number(builder, &table_tcp_states, row, TCP_STATES_STATE) == TCP_STATE_TIME_WAIT)
            greatest = fmax(greatest, (double)builder_get_number(builder, &table_tcp_states, row, TCP_STATES_SOCKETS));
    return most > 0 ? greatest / (double)most : 0;
}

void resources_used(struct findings *findings, double share, int64_t window, bool ret_used[RESOURCE_COUNT])
{
    const struct builder *builder = findings_builder(findings);
    const double shares[RESOURCE_COUNT] = {
        [RESOURCE_PORTS] = ports(builder),
        [RESOURCE_ACCEPT_QUEUE] = greatest_share(builder, &table_listeners, LISTENERS_QUEUE, LISTENERS_QUEUE_LIMIT),
        [RESOURCE_TIME_WAIT] = time_waits(findings),
        [RESOURCE_CONNTRACK] = greatest_share(builder, &table_conntrack, CONNTRACK_ENTRIES, CONNTRACK_LIMIT),
    };
    ret_used[RESOURCE_NONE] = false;
    for (unsigned i = RESOURCE_PORTS; i < RESOURCE_COUNT; i++)
        ret_used[i] = findings_seconds_since(findings, "", NULL, names[i], shares[i] > share) <= (double)window / 1e9;
}
