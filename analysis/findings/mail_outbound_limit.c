/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/rules.h"
#include "analysis/findings/smtp_limit.h"

static void evaluate(struct findings *findings, const void *values)
{
    smtp_limit_evaluate(findings, values, TCP_ROLE_OUTBOUND);
}

const struct finding_rule finding_mail_outbound_limit = {
    .name = "mail_outbound_limit",
    .help = "The outbound SMTP connections of a mail server near their limit.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = smtp_limit_options,
    .options_size = sizeof(struct smtp_limit_options),
    .evaluate = evaluate,
};
