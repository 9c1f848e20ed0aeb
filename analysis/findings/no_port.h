/* SPDX-License-Identifier: Apache-2.0
 * Connections that failed for want of a port, and connections that were begun, as events count them (tcp_connects). */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_NO_PORT_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_NO_PORT_H

#include "analysis/findings/finding.h"

/* The destination of bind() to port 0; on Windows, of every connection. */
#define NO_PORT_BIND "*"

/* How many attempts towards the destination found no port since the sample before, over all processes of the namespace;
 * 0 without events. On Windows what the system logged (Tcpip 4231). To be called in every sample. */
double no_port_failures(struct findings *findings, const char *destination, const char *netns);

/* Connections towards the destination begun per second since the sample before; 0 without events, and in the first
 * sample that asks. */
double no_port_connects_per_second(struct findings *findings, const char *destination, const char *netns);

#endif
