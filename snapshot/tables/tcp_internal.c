/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/tcp_internal.h"

#include "snapshot/tables/tcp_sockets.h"

#define KEY(name_, type_, bound_, help_)                                                                               \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_KEY, .type = type_, .bound = bound_, .help = help_                               \
    }
#define NUMBER(name_, help_)                                                                                           \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_VALUE, .type = COLUMN_GAUGE, .help = help_                                       \
    }
#define FLAG(name_, help_)                                                                                             \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_VALUE, .type = COLUMN_BOOLEAN, .help = help_                                     \
    }
#define AGE(number_) NUMBER("age_" #number_, "TIME_WAITs in this sixth of their life.")

static const struct column endpoint_columns[] = {
    [TCP_ENDPOINTS_SOURCE] = KEY("source", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, "Local address."),
    [TCP_ENDPOINTS_DESTINATION] = KEY("destination", COLUMN_ENDPOINT, TCP_ENDPOINT_BOUND, "Remote address and port."),
    [TCP_ENDPOINTS_NETNS] = KEY("netns", COLUMN_TEXT, TCP_NETNS_BOUND, "Network namespace."),
    [TCP_ENDPOINTS_USED] = NUMBER("used", "Local ports of the dynamic range taken."),
    [TCP_ENDPOINTS_REUSABLE] = NUMBER("reusable", "Those that a new connection may take over."),
    [TCP_ENDPOINTS_LOOPBACK] = FLAG("loopback", "Whether the destination is this host."),
    [TCP_ENDPOINTS_PEAK] = NUMBER("peak", "Most ports taken and not reusable, of the last minute."),
    [TCP_ENDPOINTS_TAKEN] = {.name = "taken",
                             .kind = COLUMN_VALUE,
                             .type = COLUMN_COUNTER,
                             .help = "Connections that took a port."},
    [TCP_ENDPOINTS_AGE] = AGE(1),
    [TCP_ENDPOINTS_AGE + 1] = AGE(2),
    [TCP_ENDPOINTS_AGE + 2] = AGE(3),
    [TCP_ENDPOINTS_AGE + 3] = AGE(4),
    [TCP_ENDPOINTS_AGE + 4] = AGE(5),
    [TCP_ENDPOINTS_AGE + 5] = AGE(6),
};

const struct table table_tcp_endpoints = {
    .name = "tcp_endpoints",
    .help = "Ports taken towards each destination, before analysis",
    .columns = endpoint_columns,
    .column_count = COLUMN_COUNT(endpoint_columns),
    .internal = true,
    .not_in_mib = "internal",
};

static const struct column holder_columns[] = {
    [TCP_HOLDERS_SOURCE] = KEY("source", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, "Local address."),
    [TCP_HOLDERS_DESTINATION] = KEY("destination", COLUMN_ENDPOINT, TCP_ENDPOINT_BOUND, "Remote address and port."),
    [TCP_HOLDERS_PROCESS] = KEY("process", COLUMN_TEXT, TCP_PROCESS_BOUND, "Executable."),
    [TCP_HOLDERS_UNIT] = KEY("unit", COLUMN_TEXT, TCP_UNIT_BOUND, "Unit or container."),
    [TCP_HOLDERS_NETNS] = KEY("netns", COLUMN_TEXT, TCP_NETNS_BOUND, "Network namespace."),
    [TCP_HOLDERS_USED] = NUMBER("used", "Local ports of the dynamic range taken."),
};

const struct table table_tcp_holders = {
    .name = "tcp_holders",
    .help = "Who holds ports towards each destination, before analysis",
    .columns = holder_columns,
    .column_count = COLUMN_COUNT(holder_columns),
    .internal = true,
    .not_in_mib = "internal",
};

static const struct column pool_columns[] = {
    [TCP_POOLS_SOURCE] = KEY("source", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, "Local address."),
    [TCP_POOLS_NETNS] = KEY("netns", COLUMN_TEXT, TCP_NETNS_BOUND, "Network namespace."),
    [TCP_POOLS_V6] = FLAG("v6", "Whether the address is an IPv6 one."),
    [TCP_POOLS_USED] = NUMBER("used", "Distinct local ports of the dynamic range taken."),
    [TCP_POOLS_SOCKETS] = NUMBER("sockets", "Sockets that draw from it, where all do."),
    [TCP_POOLS_AGE] = AGE(1),
    [TCP_POOLS_AGE + 1] = AGE(2),
    [TCP_POOLS_AGE + 2] = AGE(3),
    [TCP_POOLS_AGE + 3] = AGE(4),
    [TCP_POOLS_AGE + 4] = AGE(5),
    [TCP_POOLS_AGE + 5] = AGE(6),
};

const struct table table_tcp_pools = {
    .name = "tcp_pools",
    .help = "Ports of each source taken towards whatever destination, before analysis",
    .columns = pool_columns,
    .column_count = COLUMN_COUNT(pool_columns),
    .internal = true,
    .not_in_mib = "internal",
};

static const struct column range_columns[] = {
    [TCP_RANGES_NETNS] = KEY("netns", COLUMN_TEXT, TCP_NETNS_BOUND, "Network namespace."),
    [TCP_RANGES_FAMILY] = NUMBER("family", "Which addresses it is for."),
    [TCP_RANGES_LOW] = NUMBER("low", "First port of the dynamic range."),
    [TCP_RANGES_HIGH] = NUMBER("high", "Last port of the dynamic range."),
    [TCP_RANGES_RESERVED] = NUMBER("reserved", "Ports of the range that are reserved."),
    [TCP_RANGES_HELD] = NUMBER("held", "Ports of the range that listeners hold."),
    [TCP_RANGES_REUSE] = NUMBER("reuse", "When a TIME_WAIT's port may be taken over."),
    [TCP_RANGES_TIME_WAIT] = {.name = "time_wait",
                              .kind = COLUMN_VALUE,
                              .type = COLUMN_REAL,
                              .unit = UNIT_SECONDS,
                              .help = "How long a TIME_WAIT lives."},
    [TCP_RANGES_ONE_POOL] = FLAG("one_pool", "Whether a port serves one connection, whatever its addresses."),
    [TCP_RANGES_NO_CLIFF] = FLAG("no_cliff", "Whether connect() finds a free port at once, however few there are."),
};

const struct table table_tcp_ranges = {
    .name = "tcp_ranges",
    .help = "The dynamic range of each namespace, before analysis",
    .columns = range_columns,
    .column_count = COLUMN_COUNT(range_columns),
    .internal = true,
    .not_in_mib = "internal",
};

static const struct column mail_peer_columns[] = {
    [TCP_MAIL_PEERS_PROCESS] = KEY("process", COLUMN_TEXT, TCP_PROCESS_BOUND, "Executable."),
    [TCP_MAIL_PEERS_ROLE] = {.name = "role",
                             .kind = COLUMN_KEY,
                             .type = COLUMN_WORD,
                             .words = tcp_role_words,
                             .help = "inbound or outbound."},
    [TCP_MAIL_PEERS_LOCAL] = KEY("local", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, "Local address."),
    [TCP_MAIL_PEERS_PORT] = KEY("port", COLUMN_PORT, 0, "Service port."),
    [TCP_MAIL_PEERS_PEER] = KEY("peer", COLUMN_ADDRESS, TCP_ADDRESS_BOUND, "Remote address."),
    [TCP_MAIL_PEERS_NETNS] = KEY("netns", COLUMN_TEXT, TCP_NETNS_BOUND, "Network namespace."),
    [TCP_MAIL_PEERS_CONNECTIONS] = NUMBER("connections", "Live connections."),
    [TCP_MAIL_PEERS_ACCEPTED] = {.name = "accepted",
                                 .kind = COLUMN_VALUE,
                                 .type = COLUMN_COUNTER,
                                 .help = "Connections ever accepted."},
};

const struct table table_tcp_mail_peers = {
    .name = "tcp_mail_peers",
    .help = "Live connections of the mail ports by peer, before analysis",
    .columns = mail_peer_columns,
    .column_count = COLUMN_COUNT(mail_peer_columns),
    .internal = true,
    .not_in_mib = "internal",
};
