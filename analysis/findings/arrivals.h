/* SPDX-License-Identifier: Apache-2.0
 * Whether a source of mail wants more connections than it has: docs/decisions/0012 tells what that is known by. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_ARRIVALS_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_ARRIVALS_H

#include "analysis/findings/finding.h"

/* What holds for all sources in one sample. */
struct arrivals {
    struct findings *findings;
    bool came_and_went;    /* the host accepted more connections since the sample before than stay, whosever */
    bool exchange_refused; /* Exchange logged lately that a source had all it may have */
};

/* Looks at the counters. To be asked once in every sample, so that growth is seen. */
struct arrivals arrivals_begin(struct findings *findings);

/* Whether more connections of the source came lately than there is room for, or wait to be accepted. row: in
 * mail_connections, inbound; full: it has all that it may have. *ret_came is how many came since the sample before, 0
 * where that is not followed. To be asked in every sample in which the source may come near its limit. */
bool arrivals_more(const struct arrivals *arrivals, size_t row, const char *subject, bool full, double *ret_came);

/* Whether the row's server said lately that it refused one source, without telling which. */
bool arrivals_refused(const struct arrivals *arrivals, size_t row);

#endif
