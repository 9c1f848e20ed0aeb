/* SPDX-License-Identifier: Apache-2.0
 * Which resource a setting bounds, and whether it was used much within the last day: only then does advice on the
 * setting concern anybody. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_RESOURCE_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_RESOURCE_H

#include "analysis/findings/finding.h"

enum resource { RESOURCE_NONE, RESOURCE_PORTS, RESOURCE_ACCEPT_QUEUE, RESOURCE_TIME_WAIT, RESOURCE_CONNTRACK };
#define RESOURCE_COUNT (RESOURCE_CONNTRACK + 1)

/* The resource that the setting of this key bounds. */
enum resource resource_of(const char *key);

/* Which resources were over `share` of their bound within `window` nanoseconds, and so short that a finding of theirs
 * stood as a warning or worse: a level that is well below where it hurts concerns nobody, however long it lasts. To be
 * called once a rule, after the rules of the resources. */
void resources_felt(struct findings *findings, double share, int64_t window, bool ret_felt[RESOURCE_COUNT]);

#endif
