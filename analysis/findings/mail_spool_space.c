/* SPDX-License-Identifier: Apache-2.0
 * The file system of the queue: below what the server demands it takes no more mail, the commonest stop of all. */
#include <stdio.h>

#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/mail_servers.h"

struct options {
    struct finding_common common;
    double warning;
    double critical;
};

static const struct option options[] = {
    FINDING_REAL(options, warning, "2", 1000, "room that is left, in times of what the server demands"),
    FINDING_REAL(options, critical, "1", 1000, "the same"),
    FINDING_CLEAR(options, "1m"),
    OPTION_END,
};

/* What is raised at a threshold stands until there is a tenth more. */
static const double slack = 1.1;
static const struct table *const table = &table_mail_servers;

static void look_at(struct findings *findings, size_t row, const struct options *set)
{
    const struct builder *builder = findings_builder(findings);
    enum mail_mta mta = (enum mail_mta)builder_get_number(builder, table, row, MAIL_SERVERS_MTA);
    const char *server = builder_get_text(builder, table, row, MAIL_SERVERS_SERVER);
    double left = (double)builder_get_number(builder, table, row, MAIL_SERVERS_FREE);
    double required = (double)builder_get_number(builder, table, row, MAIL_SERVERS_REQUIRED);
    char subject[96];
    (void)snprintf(subject, sizeof(subject), "%s %s", mail_mta_words[mta], server);
    const struct finding_condition conditions[] = {
        {"short", FINDING_WARNING, left < required * set->warning, left < required * set->warning * slack,
         FINDING_TWO_SAMPLES},
        {"none", FINDING_CRITICAL, left < required * set->critical, left < required * set->critical * slack,
         FINDING_TWO_SAMPLES},
    };
    enum finding_level level = findings_weigh(findings, subject, NULL, conditions, 2);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->has_mta = true;
    finding->mta = mta;
    finding->server = server;
    text_format(&finding->sentence, "The file system of the queue of %s has %s left; below %s the server %s.", subject,
                words_bytes(left).text, words_bytes(required).text,
                level == FINDING_CRITICAL ? "takes no mail, as now" : "takes no more mail");
    text_string(&finding->cure, "Free room on that file system: logs, old files, a queue that nobody empties.");
    text_string(&finding->remedy, "df -h /var/spool; du -xsh /var/spool/* /var/log | sort -h | tail");
    text_string(&finding->caveat, "Do not lower the limit: a queue on a full disk is lost or corrupt.");
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (builder_has(builder, table, row, MAIL_SERVERS_FREE) &&
            builder_get_number(builder, table, row, MAIL_SERVERS_REQUIRED) > 0)
            look_at(findings, row, values);
}

const struct finding_rule finding_mail_spool_space = {
    .name = "mail_spool_space",
    .help = "The file system of a mail queue has no room, or soon none, for what the server demands.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
