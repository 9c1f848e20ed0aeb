/* SPDX-License-Identifier: Apache-2.0
 * What the tcp collector hands to the analysis (port_use, mail_connections) and nobody else: never published. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_TCP_INTERNAL_H
#define CHOKEPOINT_SNAPSHOT_TABLES_TCP_INTERNAL_H

#include "snapshot/declaration.h"

#define TCP_ADDRESS_BOUND  45 /* an IPv6 address as text */
#define TCP_ENDPOINT_BOUND 53 /* [address]:port */

/* A TIME_WAIT's life is told apart in so many equal parts. */
#define TCP_ENDPOINTS_AGES 6u

/* When a TIME_WAIT's port may be taken by a new connection: never, after a second, or that towards 127/8 and ::1 only.
 */
enum tcp_reuse { TCP_REUSE_NEVER, TCP_REUSE_ALWAYS, TCP_REUSE_LOOPBACK };

/* One row for each (source, destination) with outbound sockets whose local port is in the dynamic range. */
enum {
    TCP_ENDPOINTS_SOURCE,
    TCP_ENDPOINTS_DESTINATION, /* "other" sums the pairs that are not given one by one; its last columns are absent */
    TCP_ENDPOINTS_NETNS,
    TCP_ENDPOINTS_USED,
    TCP_ENDPOINTS_REUSABLE,
    TCP_ENDPOINTS_LOOPBACK, /* whether the destination is in 127/8 or ::1 */
    TCP_ENDPOINTS_PEAK,     /* most ports used and not reusable, of the last minute */
    TCP_ENDPOINTS_TAKEN,    /* connections that took a port; absent where that is not followed */
    TCP_ENDPOINTS_AGE,      /* TIME_WAITs in the first sixth of their life; + 1 the second, and so on */
    TCP_ENDPOINTS_COLUMNS = TCP_ENDPOINTS_AGE + TCP_ENDPOINTS_AGES
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

/* One row for each source address: its ports taken towards whatever destination. */
enum {
    TCP_POOLS_SOURCE,
    TCP_POOLS_NETNS,
    TCP_POOLS_V6, /* whether it is an IPv6 address */
    TCP_POOLS_USED,
    TCP_POOLS_SOCKETS, /* only where every connection draws from the pool: all that do, as AGE from there on */
    TCP_POOLS_AGE,     /* TIME_WAITs in the first sixth of their life; + 1 the second, and so on */
    TCP_POOLS_COLUMNS = TCP_POOLS_AGE + TCP_ENDPOINTS_AGES
};

/* Which addresses a range is for. */
enum port_range_family { PORT_RANGE_BOTH, PORT_RANGE_V4, PORT_RANGE_V6 };

/* One row for each namespace: its dynamic range; two where IPv6 has one of its own. */
enum {
    TCP_RANGES_NETNS,
    TCP_RANGES_FAMILY, /* enum port_range_family */
    TCP_RANGES_LOW,    /* these four are absent where the range is not known */
    TCP_RANGES_HIGH,
    TCP_RANGES_RESERVED,  /* ports of the range in ip_local_reserved_ports */
    TCP_RANGES_HELD,      /* ports of the range that listeners hold, reserved ones apart */
    TCP_RANGES_REUSE,     /* enum tcp_reuse */
    TCP_RANGES_TIME_WAIT, /* seconds that a TIME_WAIT lives */
    TCP_RANGES_ONE_POOL,  /* whether a port serves one connection, whatever its addresses */
    TCP_RANGES_NO_CLIFF,  /* whether connect() finds a free port at once, however few there are */
};

/* Live connections (ESTABLISHED and CLOSE_WAIT) of the ports that mail servers talk SMTP on, by peer. */
enum {
    TCP_MAIL_PEERS_PROCESS,
    TCP_MAIL_PEERS_ROLE,  /* enum tcp_role: inbound or outbound */
    TCP_MAIL_PEERS_LOCAL, /* "*" where it was lost */
    TCP_MAIL_PEERS_PORT,  /* 25, 465 or 587: the local one for inbound, the remote one for outbound */
    TCP_MAIL_PEERS_PEER,  /* "other" sums the peers that are not given one by one */
    TCP_MAIL_PEERS_NETNS,
    TCP_MAIL_PEERS_CONNECTIONS,
    TCP_MAIL_PEERS_ACCEPTED, /* inbound: those ever accepted; absent where that is not followed */
};

extern const struct table table_tcp_endpoints;
extern const struct table table_tcp_holders;
extern const struct table table_tcp_pools;
extern const struct table table_tcp_ranges;
extern const struct table table_tcp_mail_peers;

#endif
