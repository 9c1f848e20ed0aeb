/* SPDX-License-Identifier: Apache-2.0
 * What mail_inbound_limit and mail_outbound_limit share: all SMTP connections of a service against its limit. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_SMTP_LIMIT_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_SMTP_LIMIT_H

#include "analysis/findings/finding.h"
#include "snapshot/tables/tcp_sockets.h"

struct smtp_limit_options {
    struct finding_common common;
    double warning;
    double critical;
    int64_t hold;
};

/* Their options, ended by OPTION_END. */
extern const struct option smtp_limit_options[];

/* Evaluates every service of this role. */
void smtp_limit_evaluate(struct findings *findings, const struct smtp_limit_options *set, enum tcp_role role);

#endif
