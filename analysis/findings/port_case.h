/* SPDX-License-Identifier: Apache-2.0
 * What findings about ephemeral ports share: the facts of one destination, its culprit, and the advice. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_PORT_CASE_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_PORT_CASE_H

#include "analysis/findings/finding.h"

/* One row of port_use. Numbers that are not known are 0, exhaustion NAN. */
struct port_case {
    const char *source; /* "*": every address, of the family that v6 tells */
    bool v6;
    const char *destination;
    const char *netns;
    uint64_t used;
    uint64_t usable;
    double ratio;
    double demand;
    double rate;  /* connections closed from here per second */
    double opens; /* connections opened per second: as many, unless events tell of more */
    double exhaustion;
    double life_seconds; /* of a TIME_WAIT */
    double hold_seconds; /* how long a closed connection keeps its port: that, or less where it may be reused */
    bool cliff;          /* whether connect() searches long from half of the ports on */
    char subject[FINDING_SUBJECT_BOUND * 2];
    const char *process; /* the greatest holder; "" where nobody is known */
    const char *unit;
};

/* The facts of this row of port_use, the culprit apart. False for one that has no destination of its own. */
bool port_case_at(const struct findings *findings, size_t row, struct port_case *ret_case);

/* Whether no other source has a greater share of its ports taken towards this row's destination: the one whose
 * connections fail, where events tell only the destination. */
bool port_case_is_fullest(const struct findings *findings, size_t row);

/* Names the greatest holder of ports of this source; with a destination, only of those towards it. Whoever was named
 * in the sample before stays named while it has at least two thirds of the greatest. */
void port_case_name_culprit(const struct findings *findings, struct port_case *port);

/* Ports held by turnover: what demand is above sockets that stay. */
double port_case_turnover(const struct port_case *port);

/* CPU seconds per second that connect() spends on searching, once half of the ports are taken. */
double port_case_search_cost(const struct port_case *port);

/* Sets the keys of the finding, and appends cure, remedy, undo, caveat and effect. */
void port_case_advise(const struct findings *findings, const struct port_case *port, struct finding *finding);

#endif
