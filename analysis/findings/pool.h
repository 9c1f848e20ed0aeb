/* SPDX-License-Identifier: Apache-2.0
 * Whether the pool of a source address binds: on Linux only for those who bind() before they connect(), on Windows for
 * all. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_POOL_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_POOL_H

#include "analysis/findings/finding.h"

/* One row of port_pools. */
struct pool {
    const char *source; /* "*": every connection draws from it */
    const char *netns;
    const char *subject; /* the source; where that is "*", which pool it is */
    bool v6;
    uint64_t used;
    uint64_t usable;
    double ratio;
    bool binds;        /* somebody draws from it */
    bool fullest;      /* of its namespace: the one whose bind() fails, where events tell of it */
    double demand;     /* where every connection draws from it; else NAN, as the two below */
    double exhaustion; /* NAN where it will not run out */
    double rate;
};

/* The facts of this row. Without events, somebody draws from the pool if every taken port is taken once over all
 * destinations although more than half are: connect() alone takes only every second port, and the same ones towards
 * different destinations. False where the row has no ratio. */
bool pool_at(const struct findings *findings, size_t row, struct pool *ret_pool);

#endif
