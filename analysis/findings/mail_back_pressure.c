/* SPDX-License-Identifier: Apache-2.0
 * A server that is short of something takes no more mail and goes on delivering, until it recovers by itself. */
#include <stdio.h>

#include "analysis/findings/rules.h"
#include "snapshot/tables/mail_servers.h"

struct options {
    struct finding_common common;
};

static const struct option options[] = {
    FINDING_CLEAR(options, "2m"),
    OPTION_END,
};

enum { PRESSURE_NORMAL, PRESSURE_MEDIUM, PRESSURE_HIGH };
static const struct table *const table = &table_mail_back_pressure;

static void look_at(struct findings *findings, size_t row)
{
    const struct builder *builder = findings_builder(findings);
    enum mail_mta mta = (enum mail_mta)builder_get_number(builder, table, row, MAIL_BACK_PRESSURE_MTA);
    const char *server = builder_get_text(builder, table, row, MAIL_BACK_PRESSURE_SERVER);
    const char *resource = builder_get_text(builder, table, row, MAIL_BACK_PRESSURE_RESOURCE);
    uint64_t pressure = builder_get_number(builder, table, row, MAIL_BACK_PRESSURE_LEVEL);
    char subject[160];
    (void)snprintf(subject, sizeof(subject), "%s %s %s", mail_mta_words[mta], server, resource);
    const struct finding_condition conditions[] = {
        {"medium", FINDING_WARNING, pressure >= PRESSURE_MEDIUM, false, FINDING_AT_ONCE},
        {"high", FINDING_CRITICAL, pressure >= PRESSURE_HIGH, false, FINDING_AT_ONCE},
    };
    enum finding_level level = findings_weigh(findings, subject, NULL, conditions, 2);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->has_mta = true;
    finding->mta = mta;
    finding->server = server;
    text_format(&finding->sentence, "%s %s is under %s back pressure for %s: %s.", mail_mta_words[mta], server,
                level == FINDING_CRITICAL ? "high" : "medium", resource,
                level == FINDING_CRITICAL ? "it takes no more mail and goes on delivering"
                                          : "it slows down or refuses some mail");
    text_string(&finding->cure, "Give it what it is short of (disk, memory, a shorter queue); it recovers by itself.");
    if (mta == MAIL_EXCHANGE)
        text_string(&finding->remedy, "[xml](Get-ExchangeDiagnosticInfo -Process EdgeTransport -Component "
                                      "ResourceThrottling)");
    text_string(&finding->caveat, "Switching back pressure off turns a pause into a crash.");
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    (void)values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), table); row++)
        look_at(findings, row);
}

const struct finding_rule finding_mail_back_pressure = {
    .name = "mail_back_pressure",
    .help = "A mail server is short of a resource and takes less mail, or none.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
