/* SPDX-License-Identifier: Apache-2.0
 * What findings about mail queues share: one row of mail_queues, and who it is. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_MAIL_CASE_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_MAIL_CASE_H

#include "analysis/findings/finding.h"
#include "analysis/findings/queue_class.h"

struct mail_case {
    enum mail_mta mta;
    const char *server;
    const char *queue;
    enum queue_class class;
    uint64_t messages;
    double oldest_seconds;
    size_t row;
    char subject[FINDING_SUBJECT_BOUND * 2]; /* "postfix main deferred" */
};

/* The facts of this row of mail_queues. False where it has no depth. */
bool mail_case_at(const struct findings *findings, size_t row, struct mail_case *ret_case);

/* Messages that have waited longer than this, by the nearest of the ages that are counted, not below it. */
uint64_t mail_case_older(const struct findings *findings, const struct mail_case *mail, double seconds);

/* Sets the finding's keys. */
void mail_case_name(const struct mail_case *mail, struct finding *finding);

/* Appends remedy and caveat: the command that shows this queue. */
void mail_case_show(const struct mail_case *mail, struct finding *finding);

#endif
