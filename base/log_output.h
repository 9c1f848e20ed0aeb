/* SPDX-License-Identifier: Apache-2.0
 * Where log lines go: standard error, or on Windows the file of the service. */
#ifndef CHOKEPOINT_BASE_LOG_OUTPUT_H
#define CHOKEPOINT_BASE_LOG_OUTPUT_H

#include <stddef.h>

/* Writes one whole line, or as much of it as the output takes within a tenth of a second: what nobody reads must not
 * stop the agent. One thread at a time. */
void log_output_write(const char *line, size_t length);

#endif
