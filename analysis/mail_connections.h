/* SPDX-License-Identifier: Apache-2.0
 * SMTP connections by peer and by service against the limits that hold for them now. */
#ifndef CHOKEPOINT_ANALYSIS_MAIL_CONNECTIONS_H
#define CHOKEPOINT_ANALYSIS_MAIL_CONNECTIONS_H

#include "snapshot/builder.h"

/* Reads tcp_mail_peers, tcp_sockets, listeners, mail_services, mail_ranges and mail_limits; puts mail_connections,
 * mail_server_connections and mail_arrivals. The limit of a source is the smaller of the setting for each source and
 * the percentage of the connections that remain of the total, which shrinks as connections come; what is unlimited
 * drops out, and exempt sources have none. Errors stick in the builder. */
void mail_connections_analyse(struct builder *builder);

/* The connections that one source may have when `active` of `total` are taken: min(per_source, percent / 100 * (total -
 * active)), whole. +Inf is unlimited, NaN unknown; NaN when nothing is known. *ret_by_percent tells which term it was.
 */
double mail_connections_source_limit(double per_source, double percent, double total, double active,
                                     bool *ret_by_percent);

#endif
