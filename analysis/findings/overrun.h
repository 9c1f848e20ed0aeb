/* SPDX-License-Identifier: Apache-2.0
 * What findings about ephemeral ports share: use that would settle above what there is (docs/decisions/0013). */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_OVERRUN_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_OVERRUN_H

#include "analysis/findings/finding.h"

/* Ports and their thresholds. */
struct overrun {
    double demand;
    double ratio;
    double exhaustion; /* seconds until no port is left; NAN where that is not to come */
    double demand_most;
    double ratio_floor;
    int64_t lasting; /* nanoseconds after which it is no burst */
    int64_t soon;    /* nanoseconds: so close to the end a burst is critical, too */
};

#define OVERRUN_CONDITIONS 3u

/* What is raised at a threshold stands until it is a tenth below it. */
#define OVERRUN_SLACK 0.9

/* Writes OVERRUN_CONDITIONS conditions: a warning in the second sample; critical once it lasts, or the end is near. */
void overrun_conditions(const struct overrun *overrun, struct finding_condition *ret_conditions);

#endif
