/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/rules.h"
#include "analysis/findings/source_case.h"

struct options {
    struct finding_common common;
};

static const struct option options[] = {
    FINDING_CLEAR(options, "0s"),
    OPTION_END,
};

static void evaluate(struct findings *findings, const void *values)
{
    (void)values;
    source_case_evaluate(findings, true);
}

const struct finding_rule finding_mail_unreadable = {
    .name = "mail_unreadable",
    .help = "A mail server is here, but its queues or limits cannot be read; a warning if they could be before.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
