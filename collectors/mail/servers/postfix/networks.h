/* SPDX-License-Identifier: Apache-2.0
 * Addresses in Postfix's parameters: where a service listens, and which clients are exempt from the limits. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_NETWORKS_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_NETWORKS_H

#include "collectors/mail/limits.h"
#include "collectors/mail/servers/postfix/main_cf.h"

/* Adds an inbound service for each address that it listens on: host as master.cf has it, or those of inet_interfaces
 * where it is empty. What is no address but a name counts as every address. */
void networks_add_services(const struct main_cf *main_cf, struct limits *limits, const struct limit_service *service,
                           const char *host);

/* Adds the networks of smtpd_client_event_limit_exceptions, by default $mynetworks, as exempt from the scope's limits
 * for each source. Names and lookup tables are left out: their clients count as not exempt. */
void networks_add_exempt(struct main_cf *main_cf, struct limits *limits, const char *scope);

#endif
