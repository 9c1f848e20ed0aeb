/* SPDX-License-Identifier: Apache-2.0
 * The list of all tables, in the order in which they are printed. */
#include "snapshot/tables/all.h"

const struct table *const tables[] = {
    &table_tcp_states,
    &table_tcp_sockets,
    &table_listeners,
    &table_tcp_counters,
    &table_conntrack,
    &table_port_use,
    &table_port_users,
    &table_port_pools,
    &table_port_limits,
    &table_tuning,
    &table_mail_queues,
    &table_collectors,
    &table_sources,
    &table_agent,
    &table_failures,
    &table_series,
    &table_build,
    &table_tcp_endpoints,
    &table_tcp_holders,
    &table_tcp_pools,
    &table_tcp_ranges,
    &table_tcp_mail_peers,
    NULL,
};
