/* SPDX-License-Identifier: Apache-2.0
 * What the mail collector hands to analysis/mail_connections beside the limits, and nobody else: never published. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_MAIL_INTERNAL_H
#define CHOKEPOINT_SNAPSHOT_TABLES_MAIL_INTERNAL_H

#include "snapshot/declaration.h"

/* Which connections a scope's limits hold for: inbound ones by the local address and port, outbound ones by the name of
 * the process that makes them. A scope may have several rows. */
enum {
    MAIL_SERVICES_MTA,
    MAIL_SERVICES_SERVER,
    MAIL_SERVICES_SCOPE,
    MAIL_SERVICES_ROLE,    /* enum tcp_role: inbound or outbound */
    MAIL_SERVICES_ADDRESS, /* inbound: "*" for every address */
    MAIL_SERVICES_PORT,    /* inbound */
    MAIL_SERVICES_PROCESS, /* outbound */
};

/* Addresses from first to last. REMOTE: the scope is for these peers only; of several that match, the smallest range
 * wins. EXEMPT: the limits for each source do not hold for them; the first row that matches tells, so their order
 * matters. */
enum mail_range { MAIL_RANGE_REMOTE, MAIL_RANGE_EXEMPT };

enum {
    MAIL_RANGES_MTA,
    MAIL_RANGES_SERVER,
    MAIL_RANGES_SCOPE,
    MAIL_RANGES_KIND,
    MAIL_RANGES_FIRST,
    MAIL_RANGES_LAST,
    MAIL_RANGES_NEGATED, /* not these */
};

/* What analysis/mail_connections hands to the findings: one row for each inbound row of mail_connections with a peer of
 * its own, whether more of its connections come than stay. */
enum {
    MAIL_ARRIVALS_SERVER,
    MAIL_ARRIVALS_SCOPE,
    MAIL_ARRIVALS_PEER,
    MAIL_ARRIVALS_ACCEPTED, /* of this peer, ever; absent where that is not followed */
    MAIL_ARRIVALS_PASSING,  /* sockets of the ports that it talks to that are on their way in or out */
    MAIL_ARRIVALS_ALONE,    /* whether it talks to a port beside which the others are quiet */
};

extern const struct table table_mail_services;
extern const struct table table_mail_ranges;
extern const struct table table_mail_arrivals;

#endif
