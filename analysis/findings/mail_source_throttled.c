/* SPDX-License-Identifier: Apache-2.0
 * One address has as many connections as one may have, and wants more: a filtering gateway is one source for all. */
#include <stdio.h>

#include "analysis/findings/arrivals.h"
#include "analysis/findings/connector.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/tcp_sockets.h"

struct options {
    struct finding_common common;
    double ratio;
    double ratio_refused;
};

static const struct option options[] = {
    FINDING_REAL(options, ratio, "0.95", 1,
                 "share of what one source may have, in two samples, while more arrive or wait"),
    FINDING_REAL(options, ratio_refused, "0.8", 1,
                 "the same, from which a refusal that the server logs without a name is this source's"),
    FINDING_CLEAR(options, "2m"),
    OPTION_END,
};

static const double slack = 0.9;

/* Arrivals of a source are followed from this share of the threshold on: not of everybody who sends mail. */
static const double followed = 0.1;

static const struct table *const table = &table_mail_connections;

static void advise(const struct connector *connector, const char *native, double limit, struct finding *finding)
{
    const char *peer = finding->peer;
    text_format(&finding->cure, "See what %s sends: if it is a gateway of ours, give it room; if not, the limit works.",
                peer);
    if (finding->mta == MAIL_POSTFIX) {
        text_format(&finding->remedy,
                    "postconf -e 'smtpd_client_event_limit_exceptions=$mynetworks, %s' && postfix reload", peer);
        text_string(&finding->undo, "postconf -X smtpd_client_event_limit_exceptions && postfix reload");
    } else if (finding->mta == MAIL_EXCHANGE) {
        connector_raise_source(connector, finding);
    } else if (finding->mta == MAIL_EXIM) {
        text_format(&finding->remedy, "%s = ${if eq{$sender_host_address}{%s}{%.0f}{%.0f}}", native, peer, 2 * limit,
                    limit);
        text_format(&finding->undo, "%s = %.0f", native, limit);
        text_string(&finding->caveat, "It is a line of Exim's main configuration, read again at SIGHUP. ");
    } else {
        text_format(&finding->cure, " The setting is %s.", native);
    }
    text_string(&finding->caveat,
                "Only where port 25 is not open to the Internet: there the limit keeps one sender from "
                "taking all.");
}

static void say(const struct finding *finding, const struct connector *connector, size_t row, double came,
                struct text *sentence)
{
    const struct builder *builder = connector->builder;
    text_format(sentence, "%s has %s of the %s connections that one source may have at %s %s %s (%s)", finding->peer,
                words_real(builder_get_real(builder, table, row, MAIL_CONNECTIONS_CONNECTIONS)).text,
                words_real(builder_get_real(builder, table, row, MAIL_CONNECTIONS_LIMIT)).text,
                mail_mta_words[finding->mta], finding->server, connector->scope,
                builder_get_text(builder, table, row, MAIL_CONNECTIONS_NATIVE));
    if (came > 0)
        text_format(sentence, ", and %s came since the sample before", words_count((uint64_t)came).text);
    text_string(sentence, ": what comes beyond is refused, and its mail waits there.");
}

static void report(struct findings *findings, enum finding_level level, size_t row, double came, const char *subject)
{
    const struct builder *builder = findings_builder(findings);
    const char *native = builder_get_text(builder, table, row, MAIL_CONNECTIONS_NATIVE);
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->has_mta = true;
    finding->mta = (enum mail_mta)builder_get_number(builder, table, row, MAIL_CONNECTIONS_MTA);
    finding->server = builder_get_text(builder, table, row, MAIL_CONNECTIONS_SERVER);
    finding->peer = builder_get_text(builder, table, row, MAIL_CONNECTIONS_PEER);
    const struct connector connector = {builder, finding->server,
                                        builder_get_text(builder, table, row, MAIL_CONNECTIONS_SCOPE)};
    say(finding, &connector, row, came, &finding->sentence);
    advise(&connector, native, builder_get_real(builder, table, row, MAIL_CONNECTIONS_LIMIT), finding);
    findings_raise(findings, level, finding);
}

static void look_at(const struct arrivals *arrivals, size_t row, const struct options *set)
{
    struct findings *findings = arrivals->findings;
    const struct builder *builder = findings_builder(findings);
    char subject[160];
    double came, ratio = builder_get_real(builder, table, row, MAIL_CONNECTIONS_RATIO);
    if (ratio < set->ratio * followed && ratio < set->ratio_refused * slack)
        return;
    (void)snprintf(subject, sizeof(subject), "%s at %s %s",
                   builder_get_text(builder, table, row, MAIL_CONNECTIONS_PEER),
                   builder_get_text(builder, table, row, MAIL_CONNECTIONS_SERVER),
                   builder_get_text(builder, table, row, MAIL_CONNECTIONS_SCOPE));
    bool full = ratio >= set->ratio, more = arrivals_more(arrivals, row, subject, full, &came);
    bool refused = arrivals_refused(arrivals, row) && ratio >= set->ratio_refused;
    const struct finding_condition conditions[] = {
        {"full", FINDING_WARNING, full && more, ratio >= set->ratio * slack, FINDING_TWO_SAMPLES},
        {"refused", FINDING_WARNING, refused, ratio >= set->ratio_refused * slack, FINDING_AT_ONCE},
    };
    enum finding_level level = findings_weigh(findings, subject, NULL, conditions, 2);
    if (level != FINDING_NONE)
        report(findings, level, row, came, subject);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    const struct arrivals arrivals = arrivals_begin(findings);
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (builder_get_number(builder, table, row, MAIL_CONNECTIONS_ROLE) == TCP_ROLE_INBOUND &&
            builder_has(builder, table, row, MAIL_CONNECTIONS_RATIO) &&
            builder_has(builder, table, row, MAIL_CONNECTIONS_MTA))
            look_at(&arrivals, row, values);
}

const struct finding_rule finding_mail_source_throttled = {
    .name = "mail_source_throttled",
    .help = "One address has as many SMTP connections as one source may have, and more arrive.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
