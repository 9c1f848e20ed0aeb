/* SPDX-License-Identifier: Apache-2.0
 * The other end of mail_source_throttled: mail waits here because its destination takes no more from us at a time. Only
 * where messages are read (mail.content). */
#include <stdio.h>
#include <string.h>

#include "analysis/findings/next_hop.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/mail_destinations.h"

struct options {
    struct finding_common common;
    uint64_t messages;
    int64_t hold;
};

static const struct option options[] = {
    FINDING_COUNT(options, messages, "20", "messages for one domain that were told so"),
    FINDING_DURATION(options, hold, "5m", "how long so many must wait"),
    FINDING_CLEAR(options, "5m"),
    OPTION_END,
};

static const struct table *const table = &table_mail_destinations;

/* One domain and status of one queue. */
struct destination {
    enum mail_mta mta;
    const char *server;
    const char *queue;
    const char *domain;
    const char *dsn;
    const char *reason;
    uint64_t messages;
    char subject[160];
};

static struct destination destination_at(const struct builder *builder, size_t row)
{
    struct destination destination = {
        .mta = (enum mail_mta)builder_get_number(builder, table, row, MAIL_DESTINATIONS_MTA),
        .server = builder_get_text(builder, table, row, MAIL_DESTINATIONS_SERVER),
        .queue = builder_get_text(builder, table, row, MAIL_DESTINATIONS_QUEUE),
        .domain = builder_get_text(builder, table, row, MAIL_DESTINATIONS_DOMAIN),
        .dsn = builder_get_text(builder, table, row, MAIL_DESTINATIONS_DSN),
        .reason = builder_get_text(builder, table, row, MAIL_DESTINATIONS_REASON),
        .messages = builder_get_number(builder, table, row, MAIL_DESTINATIONS_MESSAGES),
    };
    (void)snprintf(destination.subject, sizeof(destination.subject), "%s of %s %s %s", destination.domain,
                   destination.server, destination.queue, destination.dsn);
    return destination;
}

static void advise(const struct destination *destination, struct finding *finding)
{
    text_format(&finding->cure,
                "Ask the operator of %s for room: it counts all mail of a gateway as one source. Until then send it "
                "less at a time; what waits is tried again by itself.",
                destination->domain);
    if (destination->mta == MAIL_POSTFIX) {
        text_string(&finding->remedy, "postconf -e smtp_destination_concurrency_limit=5 && postfix reload");
        text_string(&finding->undo, "postconf -X smtp_destination_concurrency_limit && postfix reload");
    } else if (destination->mta == MAIL_EXCHANGE) {
        text_string(&finding->remedy, "Set-TransportService -MaxPerDomainOutboundConnections 5");
        text_string(&finding->undo, "Set-TransportService -MaxPerDomainOutboundConnections 20");
    }
    text_string(&finding->caveat, "Holds for every destination; a transport of its own spares the others. Flushing the "
                                  "queue makes it worse.");
}

static void look_at(struct findings *findings, size_t row, const struct options *set)
{
    const struct destination destination = destination_at(findings_builder(findings), row);
    bool throttles = next_hop_throttles(destination.dsn, destination.reason);
    const struct finding_condition told = {"told", FINDING_WARNING, throttles && destination.messages >= set->messages,
                                           throttles && destination.messages >= set->messages / 2, set->hold};
    enum finding_level level = findings_weigh(findings, destination.subject, NULL, &told, 1);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = destination.subject;
    finding->has_mta = true;
    finding->mta = destination.mta;
    finding->server = destination.server;
    finding->queue = destination.queue;
    text_format(&finding->sentence, "%s throttles us: %s messages wait in %s of %s %s%s%s.", destination.domain,
                words_count(destination.messages).text, destination.queue, mail_mta_words[destination.mta],
                destination.server, destination.reason[0] ? "; it says: " : "", destination.reason);
    advise(&destination, finding);
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (builder_has(builder, table, row, MAIL_DESTINATIONS_DOMAIN) &&
            builder_has(builder, table, row, MAIL_DESTINATIONS_MTA))
            look_at(findings, row, values);
}

const struct finding_rule finding_mail_destination_throttles_us = {
    .name = "mail_destination_throttles_us",
    .help = "Mail waits because its destination takes no more from us at a time; only with mail.content.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
