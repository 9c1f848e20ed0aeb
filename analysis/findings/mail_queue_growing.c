/* SPDX-License-Identifier: Apache-2.0
 * A queue takes in more than it gives out. A burst makes a queue long, too, but then it falls: only growth that goes on
 * means that it never drains. */
#include "analysis/findings/mail_case.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"

struct options {
    struct finding_common common;
    uint64_t messages;
    double growth;
    int64_t window;
    int64_t falling_window;
    int64_t hold;
};

static const struct option options[] = {
    FINDING_COUNT(options, messages, "500", "messages from which a queue is looked at"),
    FINDING_REAL(options, growth, "0.25", 100, "share by which it grew within the window"),
    FINDING_DURATION(options, window, "30m", "over which growth is measured"),
    FINDING_DURATION(options, falling_window, "5m", "a queue that fell over this time is draining"),
    FINDING_DURATION(options, hold, "15m", "how long it must grow"),
    FINDING_CLEAR(options, "5m"),
    OPTION_END,
};

static const double hour = 3600;

static void report(struct findings *findings, enum finding_level level, const struct mail_case *mail,
                   const struct finding_trend *trend, bool grows)
{
    struct finding *finding = findings_draft(findings);
    mail_case_name(mail, finding);
    text_format(&finding->sentence, "The queue %s of %s %s holds %s messages", mail->queue, mail_mta_words[mail->mta],
                mail->server, words_count(mail->messages).text);
    if (grows)
        text_format(&finding->sentence, " and grows by %s an hour: at this rate it never drains.",
                    words_count((uint64_t)(trend->change / trend->seconds * hour)).text);
    else if (trend->change < 0)
        text_format(&finding->sentence, " and drains in %s at this rate.",
                    words_seconds((double)mail->messages / -trend->change * trend->seconds).text);
    else
        text_string(&finding->sentence, " and does not drain.");
    text_string(&finding->cure, "See where it goes: one next hop that is down or throttles, or more mail than usual. "
                                "More delivery processes help only if the next hop takes more.");
    mail_case_show(mail, finding);
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_mail_queues); row++) {
        struct mail_case mail;
        if (!mail_case_at(findings, row, &mail) || mail.class == QUEUE_HELD || mail.class == QUEUE_BROKEN)
            continue;
        double depth = (double)mail.messages;
        const struct finding_trend trend = findings_follow(findings, mail.subject, NULL, "depth", depth, set->window);
        const struct finding_trend lately =
            findings_follow(findings, mail.subject, NULL, "lately", depth, set->falling_window);
        bool grows = trend.change > 0 && lately.change > 0 && trend.change >= set->growth * (depth - trend.change);
        const struct finding_condition growing = {"growing", FINDING_WARNING, mail.messages >= set->messages && grows,
                                                  mail.messages >= set->messages && lately.change >= 0, set->hold};
        enum finding_level level = findings_weigh(findings, mail.subject, NULL, &growing, 1);
        if (level != FINDING_NONE)
            report(findings, level, &mail, &trend, grows);
    }
}

const struct finding_rule finding_mail_queue_growing = {
    .name = "mail_queue_growing",
    .help = "A mail queue takes in more than it gives out, and does not drain.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
