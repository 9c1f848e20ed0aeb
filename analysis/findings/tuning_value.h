/* SPDX-License-Identifier: Apache-2.0
 * Values in force as the tuning collector read them. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_TUNING_VALUE_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_TUNING_VALUE_H

#include "analysis/findings/finding.h"

/* The value of a key and field in this namespace, else in our own; fallback where it is not known. */
uint64_t tuning_value_number(const struct findings *findings, const char *key, const char *field, const char *netns,
                             uint64_t fallback);

/* The same as text; "" where it is not known. Lives with the builder. */
const char *tuning_value_text(const struct findings *findings, const char *key, const char *field, const char *netns);

#endif
