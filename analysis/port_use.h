/* SPDX-License-Identifier: Apache-2.0
 * Ephemeral ports taken towards each destination against those that there are, and where that is going: ports fill
 * within one TIME_WAIT or they level off, so what counts is the level, not the slope (docs/decisions/0006). */
#ifndef CHOKEPOINT_ANALYSIS_PORT_USE_H
#define CHOKEPOINT_ANALYSIS_PORT_USE_H

#include "snapshot/builder.h"

/* Reads tcp_endpoints, tcp_holders, tcp_pools and tcp_ranges; puts port_use, port_users, port_pools and port_limits. A
 * destination has a row if it is among the fullest five, or takes at least min(100 ports, 0.5 % of the usable ones).
 * Errors stick in the builder. */
void port_use_analyse(struct builder *builder);

#endif
