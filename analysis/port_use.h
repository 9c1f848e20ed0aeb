/* SPDX-License-Identifier: Apache-2.0
 * Ephemeral ports taken towards each destination, against those that there are. */
#ifndef CHOKEPOINT_ANALYSIS_PORT_USE_H
#define CHOKEPOINT_ANALYSIS_PORT_USE_H

#include "snapshot/builder.h"

/* Reads tcp_endpoints, tcp_holders and tcp_ranges; puts port_use and port_users. A destination has a row if it is among
 * the fullest five, or takes at least min(100 ports, 0.5 % of the usable ones). Errors stick in the builder. */
void port_use_analyse(struct builder *builder);

#endif
