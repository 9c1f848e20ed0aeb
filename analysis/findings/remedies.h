/* SPDX-License-Identifier: Apache-2.0
 * What to type on the host that the sample is of, as data: one entry for each platform, chosen by the table `host`.
 * Findings know the trouble; here stands how that system is looked at and set. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_REMEDIES_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_REMEDIES_H

#include "analysis/findings/finding.h"
#include "analysis/findings/port_case.h"

struct remedies {
    const char *agent_log;        /* shows what the agent logged lately */
    const char *close_wait;       /* lists connections that only the other side has closed */
    const char *try_connecting;   /* a sentence: how to try an outbound connection by hand */
    const char *look_outbound;    /* shows routes and filters */
    const char *no_port;          /* what failed where no port was left: before "N times" */
    const char *pool_why;         /* why one port serves one connection there: follows "most by NAME" */
    const char *excluded_key;     /* tuning value that lists ports which connections leave alone */
    unsigned lowest_unnamed_port; /* servers on ports from here up pick them anew: not at risk */

    /* Says what who draws too much from the pool is to do. */
    void (*spare_pool)(const char *who, struct text *cure);

    /* Appends the command that lists connections to this port that got no answer yet. */
    void (*show_attempts)(unsigned port, struct text *remedy);
    /* Appends remedy and undo: what the service's log says, and its start. */
    void (*start_server)(const char *service, struct finding *finding);
    /* Append cure, remedy, undo and caveat: connection tracking is full at this many flows. */
    void (*track_more)(uint64_t limit, struct finding *finding);

    /* Append remedy, undo, caveat and, where it can be computed, effect. */
    void (*widen_ports)(const struct findings *findings, const char *netns, struct finding *finding);
    void (*free_ports_sooner)(const struct findings *findings, const struct port_case *port, struct finding *finding);
    /* The ports, "8080,9000", join those that are excluded. */
    void (*exclude_ports)(const struct findings *findings, const char *netns, const char *ports,
                          struct finding *finding);
};

extern const struct remedies remedies_linux;
extern const struct remedies remedies_windows;

/* Those of the host that the sample is of. */
const struct remedies *remedies_of(const struct findings *findings);

#endif
