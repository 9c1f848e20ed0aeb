/* SPDX-License-Identifier: Apache-2.0
 * Where each rule's options lie in the struct of the YAML section, and which of them are thresholds. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_OPTIONS_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/option.h"

/* The options of rule number `rule` within the section's values. */
const void *options_of(const void *values, size_t rule);

/* Whether the option is a threshold that alert rules may want, not a hold or clear time or a window; its value in
 * *ret_value, durations in seconds. */
bool options_threshold(const struct option *option, const void *options, double *ret_value);

#endif
