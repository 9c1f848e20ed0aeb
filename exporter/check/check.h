/* SPDX-License-Identifier: Apache-2.0
 * `chokepoint check`: the verdict of the running agent, or one of our own. */
#ifndef CHOKEPOINT_EXPORTER_CHECK_CHECK_H
#define CHOKEPOINT_EXPORTER_CHECK_CHECK_H

#include <stdint.h>

#include "base/option.h"
#include "exporter/sampler.h"
#include "snapshot/store.h"

/* Positions of the words of --format. */
enum check_format { CHECK_TEXT, CHECK_JSON, CHECK_NAGIOS };

/* The flags of the command. */
struct check_settings {
    unsigned format; /* enum check_format */
    uint64_t samples;
    int64_t interval;
};

extern const struct option_section check_section;

/* Asks the agent at the control socket. On success prints its report to standard output, sets *ret_status to the exit
 * status (enum verdict_status), and returns 0; a report that is too old is UNKNOWN. Else negative errno. */
int check_ask(const struct check_settings *settings, const char *control_socket, int *ret_status);

/* Takes as many samples as wanted, prints the report of the last one, and returns the exit status. */
int check_by_samples(const struct check_settings *settings, struct sampler *sampler, struct snapshot_store *store);

#endif
