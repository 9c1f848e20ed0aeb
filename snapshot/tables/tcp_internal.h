/* SPDX-License-Identifier: Apache-2.0
 * What the tcp collector hands to analysis/port_use and nobody else: never published. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_TCP_INTERNAL_H
#define CHOKEPOINT_SNAPSHOT_TABLES_TCP_INTERNAL_H

#include "snapshot/declaration.h"

#define TCP_ADDRESS_BOUND  45 /* an IPv6 address as text */
#define TCP_ENDPOINT_BOUND 53 /* [address]:port */

/* One row for each (source, destination) with outbound sockets whose local port is in the dynamic range. */
enum {
    TCP_ENDPOINTS_SOURCE,
    TCP_ENDPOINTS_DESTINATION, /* "other" sums the pairs that are not given one by one */
    TCP_ENDPOINTS_NETNS,
    TCP_ENDPOINTS_USED,
    TCP_ENDPOINTS_REUSABLE,
};

/* Who holds them. */
enum {
    TCP_HOLDERS_SOURCE,
    TCP_HOLDERS_DESTINATION,
    TCP_HOLDERS_PROCESS,
    TCP_HOLDERS_UNIT,
    TCP_HOLDERS_NETNS,
    TCP_HOLDERS_USED,
};

/* One row for each namespace: its dynamic range. */
enum {
    TCP_RANGES_NETNS,
    TCP_RANGES_LOW,
    TCP_RANGES_HIGH,
    TCP_RANGES_RESERVED, /* ports of the range in ip_local_reserved_ports */
    TCP_RANGES_HELD,     /* ports of the range that listeners hold, reserved ones apart */
};

extern const struct table table_tcp_endpoints;
extern const struct table table_tcp_holders;
extern const struct table table_tcp_ranges;

#endif
