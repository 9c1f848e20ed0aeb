/* SPDX-License-Identifier: Apache-2.0
 * What `chokepoint check` prints, made from a snapshot: by the agent for its control socket, or by the command itself
 * from samples of its own. Every report begins with a line for the command: "STATUS SAMPLE-TIME INTERVAL", times in
 * whole milliseconds. */
#ifndef CHOKEPOINT_EXPORTER_CHECK_REPORT_H
#define CHOKEPOINT_EXPORTER_CHECK_REPORT_H

#include <stdbool.h>

#include "base/text.h"
#include "snapshot/snapshot.h"

/* Text for a terminal, at most 80 columns, with colours or without. 0 or -ENOMEM. */
int report_text(const struct snapshot *snapshot, bool colour, struct text *text);

/* Output of a monitoring plugin: one line with performance data, then one for each other finding.
 * https://www.monitoring-plugins.org/doc/guidelines.html. 0 or -ENOMEM. */
int report_nagios(const struct snapshot *snapshot, struct text *text);

/* Appends the line that every report begins with. */
void report_head(const struct snapshot *snapshot, struct text *text);

#endif
