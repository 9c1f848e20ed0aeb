/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/resource.h"

#include <math.h>
#include <string.h>

#include "analysis/findings/tuning_value.h"
#include "snapshot/tables/conntrack.h"
#include "snapshot/tables/findings.h"
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

/* What tells that a resource is short. */
static const struct {
    const char *finding;
    enum resource resource;
} short_by[] = {
    {"ephemeral_ports_exhausted", RESOURCE_PORTS}, {"ephemeral_ports_filling", RESOURCE_PORTS},
    {"ephemeral_pool_filling", RESOURCE_PORTS},    {"listen_queue_full", RESOURCE_ACCEPT_QUEUE},
    {"time_wait_overflow", RESOURCE_TIME_WAIT},    {"conntrack_filling", RESOURCE_CONNTRACK},
};

/* What the memory calls them: used much, and short. */
static const char *const used_names[] = {"none", "ports", "accept_queue", "time_wait", "conntrack"};
static const char *const short_names[] = {"none", "no_ports", "no_accept_queue", "no_time_wait", "no_conntrack"};

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

static void find_short(const struct builder *builder, bool ret_short[RESOURCE_COUNT])
{
    for (size_t row = 0; row < builder_row_count(builder, &table_findings); row++) {
        const char *finding = builder_get_text(builder, &table_findings, row, FINDINGS_FINDING);
        if (builder_get_number(builder, &table_findings, row, FINDINGS_SEVERITY) < FINDING_SEVERITY_WARNING)
            continue;
        for (size_t i = 0; i < sizeof(short_by) / sizeof(short_by[0]); i++)
            if (strcmp(finding, short_by[i].finding) == 0)
                ret_short[short_by[i].resource] = true;
    }
}

static bool within(struct findings *findings, const char *name, bool now, int64_t window)
{
    return findings_seconds_since(findings, "", NULL, name, now) <= (double)window / 1e9;
}

void resources_felt(struct findings *findings, double share, int64_t window, bool ret_felt[RESOURCE_COUNT])
{
    const struct builder *builder = findings_builder(findings);
    const double shares[RESOURCE_COUNT] = {
        [RESOURCE_PORTS] = ports(builder),
        [RESOURCE_ACCEPT_QUEUE] = greatest_share(builder, &table_listeners, LISTENERS_QUEUE, LISTENERS_QUEUE_LIMIT),
        [RESOURCE_TIME_WAIT] = time_waits(findings),
        [RESOURCE_CONNTRACK] = greatest_share(builder, &table_conntrack, CONNTRACK_ENTRIES, CONNTRACK_LIMIT),
    };
    bool is_short[RESOURCE_COUNT] = {false};
    find_short(builder, is_short);
    ret_felt[RESOURCE_NONE] = false;
    for (unsigned i = RESOURCE_PORTS; i < RESOURCE_COUNT; i++) {
        bool used = within(findings, used_names[i], shares[i] > share, window);
        bool felt = within(findings, short_names[i], is_short[i], window);
        ret_felt[i] = used && felt;
    }
}
