/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/overrun.h"

#include "base/clock.h"

void overrun_conditions(const struct overrun *overrun, struct finding_condition *ret_conditions)
{
    bool now = overrun->demand > overrun->demand_most && overrun->ratio >= overrun->ratio_floor;
    bool still = overrun->demand > overrun->demand_most * OVERRUN_SLACK;
    bool soon = overrun->exhaustion <= (double)overrun->soon / CLOCK_SECOND;
    ret_conditions[0] = (struct finding_condition){"overrun", FINDING_WARNING, now, still, FINDING_TWO_SAMPLES};
    ret_conditions[1] = (struct finding_condition){"lasting", FINDING_CRITICAL, now, still, overrun->lasting};
    ret_conditions[2] = (struct finding_condition){"soon", FINDING_CRITICAL, now && soon, still, FINDING_AT_ONCE};
}
