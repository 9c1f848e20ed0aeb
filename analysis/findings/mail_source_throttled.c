/* SPDX-License-Identifier: Apache-2.0
 * One address has as many connections as one may have, and wants more: a filtering gateway is one source for all. */
#include <stdio.h>
#include <string.h>

#include "analysis/findings/connector.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_sockets.h"

struct options {
    struct finding_common common;
    double ratio;
};

static const struct option options[] = {
    FINDING_REAL(options, ratio, "0.95", 1,
                 "share of what one source may have, in two samples, while more arrive or wait"),
    FINDING_CLEAR(options, "2m"),
    OPTION_END,
};

static const double slack = 0.9;
static const struct table *const table = &table_mail_connections;

/* Whether connections came in since the sample before, in our namespace or another one. */
static bool are_arriving(struct findings *findings)
{
    const struct builder *builder = findings_builder(findings);
    double accepted = 0;
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_counters); row++)
        accepted += (double)builder_get_number(builder, &table_tcp_counters, row, TCP_COUNTERS_PASSIVE_OPENS);
    return findings_growth(findings, "", NULL, "accepted", accepted) > 0;
}

/* Whether connections of the row's service wait to be accepted: then more want in, whatever the counters say. */
static bool are_waiting(const struct builder *builder, size_t row)
{
    const struct table *services = &table_mail_server_connections;
    const char *server = builder_get_text(builder, table, row, MAIL_CONNECTIONS_SERVER);
    const char *scope = builder_get_text(builder, table, row, MAIL_CONNECTIONS_SCOPE);
    for (size_t i = 0; i < builder_row_count(builder, services); i++)
        if (builder_get_number(builder, services, i, MAIL_SERVER_CONNECTIONS_WAITING) > 0 &&
            strcmp(builder_get_text(builder, services, i, MAIL_SERVER_CONNECTIONS_SERVER), server) == 0 &&
            strcmp(builder_get_text(builder, services, i, MAIL_SERVER_CONNECTIONS_SCOPE), scope) == 0)
            return true;
    return false;
}

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
    } else {
        text_format(&finding->remedy, "raise %s above %.0f for this address", native, limit);
    }
    text_string(&finding->caveat,
                "Only where port 25 is not open to the Internet: there the limit keeps one sender from "
                "taking all.");
}

static void report(struct findings *findings, enum finding_level level, size_t row, const char *subject)
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
    double limit = builder_get_real(builder, table, row, MAIL_CONNECTIONS_LIMIT);
    text_format(&finding->sentence, "%s has %s of the %s connections that one source may have at %s %s %s (%s): %s",
                finding->peer, words_real(builder_get_real(builder, table, row, MAIL_CONNECTIONS_CONNECTIONS)).text,
                words_real(limit).text, mail_mta_words[finding->mta], finding->server, connector.scope, native,
                "what comes beyond is refused, and its mail waits there.");
    advise(&connector, native, limit, finding);
    findings_raise(findings, level, finding);
}

static void look_at(struct findings *findings, size_t row, bool arriving, const struct options *set)
{
    const struct builder *builder = findings_builder(findings);
    char subject[160];
    double ratio = builder_get_real(builder, table, row, MAIL_CONNECTIONS_RATIO);
    (void)snprintf(subject, sizeof(subject), "%s at %s %s",
                   builder_get_text(builder, table, row, MAIL_CONNECTIONS_PEER),
                   builder_get_text(builder, table, row, MAIL_CONNECTIONS_SERVER),
                   builder_get_text(builder, table, row, MAIL_CONNECTIONS_SCOPE));
    bool full = ratio >= set->ratio && (arriving || are_waiting(builder, row));
    const struct finding_condition condition = {"full", FINDING_WARNING, full, ratio >= set->ratio * slack,
                                                FINDING_TWO_SAMPLES};
    enum finding_level level = findings_weigh(findings, subject, NULL, &condition, 1);
    if (level != FINDING_NONE)
        report(findings, level, row, subject);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    bool arriving = are_arriving(findings);
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (builder_get_number(builder, table, row, MAIL_CONNECTIONS_ROLE) == TCP_ROLE_INBOUND &&
            builder_has(builder, table, row, MAIL_CONNECTIONS_RATIO) &&
            builder_has(builder, table, row, MAIL_CONNECTIONS_MTA))
            look_at(findings, row, arriving, values);
}

const struct finding_rule finding_mail_source_throttled = {
    .name = "mail_source_throttled",
    .help = "One address has as many SMTP connections as one source may have, and more arrive.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
