/* SPDX-License-Identifier: Apache-2.0
 * Mail is late. What is late depends on the queue: undeliverable bounces lie in a deferred queue for days on every
 * Internet relay, while a message in `incoming` should be gone within seconds - unless it is one of a newsletter's, and
 * the queue will soon be empty. */
#include "analysis/findings/mail_case.h"
#include "analysis/findings/next_hop.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"

struct options {
    struct finding_common common;
    int64_t warning;
    int64_t critical;
    int64_t drain;
    int64_t falling_window;
    uint64_t active_count;
    int64_t deferred_age;
    uint64_t deferred_count;
    double deferred_share;
    double deferred_growth;
    double next_hop;
    int64_t window;
    int64_t hold;
};

static const struct option options[] = {
    FINDING_DURATION(options, warning, "5m", "age of the oldest message in a queue that messages pass through"),
    FINDING_DURATION(options, critical, "15m", "the same"),
    FINDING_DURATION(options, drain, "1h", "such a queue is not late while it falls so fast that it is empty by then"),
    FINDING_DURATION(options, falling_window, "2m", "over which that is measured"),
    FINDING_COUNT(options, active_count, "50",
                  "active: messages older than warning, as old ones are tried again there"),
    FINDING_DURATION(options, deferred_age, "1h", "deferred: which messages count (5m, 1h, 6h, 1d or 3d)"),
    FINDING_COUNT(options, deferred_count, "50", "deferred: more than so many of them,"),
    FINDING_REAL(options, deferred_share, "0.05", 1, "and more than this share of the queue,"),
    FINDING_REAL(options, deferred_growth, "0.2", 100, "and this share more than before,"),
    FINDING_REAL(options, next_hop, "0.5", 1, "or this share of the queue for one domain (with mail.content)"),
    FINDING_DURATION(options, window, "1h", "over which that growth is measured"),
    FINDING_DURATION(options, hold, "10m", "how long an active or deferred queue must be so"),
    FINDING_CLEAR(options, "5m"),
    OPTION_END,
};

static double seconds(int64_t nanoseconds)
{
    return (double)nanoseconds / 1e9;
}

/* Whether so many wait in a deferred queue that it is no longer the usual bounces, and they become more, or are for one
 * domain: bounces are for many. */
static bool is_backed_up(struct findings *findings, const struct mail_case *mail, uint64_t old,
                         const struct options *set)
{
    double many = set->deferred_share * (double)mail->messages;
    many = many > (double)set->deferred_count ? many : (double)set->deferred_count;
    const struct finding_trend trend = findings_follow(findings, mail->subject, NULL, "old", (double)old, set->window);
    double before = (double)old - trend.change;
    bool grows = trend.change > set->deferred_growth * before && trend.change >= many / 2;
    if ((double)old <= many)
        return false;
    return grows || (double)next_hop_of(findings, mail).messages >= set->next_hop * (double)mail->messages;
}

/* Whether a burst is being worked off: the queue falls, and at this rate it is empty soon. */
static bool is_draining(struct findings *findings, const struct mail_case *mail, const struct options *set)
{
    double depth = (double)mail->messages;
    const struct finding_trend trend =
        findings_follow(findings, mail->subject, NULL, "depth", depth, set->falling_window);
    return trend.change < 0 && depth * trend.seconds <= seconds(set->drain) * -trend.change;
}

static enum finding_level weigh(struct findings *findings, const struct mail_case *mail, uint64_t old,
                                const struct options *set)
{
    bool waits = mail->class == QUEUE_MOVING || mail->class == QUEUE_ACTIVE;
    bool stays = waits && !is_draining(findings, mail, set);
    bool moving = stays && mail->class == QUEUE_MOVING, active = stays && mail->class == QUEUE_ACTIVE;
    bool deferred = mail->class == QUEUE_DEFERRED, broken = mail->class == QUEUE_BROKEN && mail->messages > 0;
    bool late = mail->oldest_seconds >= seconds(set->warning);
    bool later = mail->oldest_seconds >= seconds(set->critical);
    bool stuck = active && mail_case_older(findings, mail, seconds(set->warning)) >= set->active_count;
    bool backed_up = deferred && is_backed_up(findings, mail, old, set);
    bool still_backed_up = deferred && old > set->deferred_count;
    const struct finding_condition conditions[] = {
        {"late", FINDING_WARNING, moving && late, false, FINDING_AT_ONCE},
        {"later", FINDING_CRITICAL, moving && later, false, FINDING_AT_ONCE},
        {"stuck", FINDING_WARNING, stuck, false, set->hold},
        {"backed_up", FINDING_WARNING, backed_up, still_backed_up, set->hold},
        {"broken", FINDING_WARNING, broken, false, FINDING_AT_ONCE},
    };
    return findings_weigh(findings, mail->subject, NULL, conditions, sizeof(conditions) / sizeof(conditions[0]));
}

static void say_deferred(const struct findings *findings, const struct mail_case *mail, uint64_t old,
                         const struct options *set, struct text *sentence)
{
    const struct next_hop hop = next_hop_of(findings, mail);
    text_format(sentence, "; %s have waited longer than %s", words_count(old).text,
                words_seconds(seconds(set->deferred_age)).text);
    if ((double)hop.messages >= set->next_hop * (double)mail->messages && hop.messages > 0)
        text_format(sentence, ", %s are for %s%s%s", words_count(hop.messages).text, hop.domain,
                    hop.reason[0] ? ": " : "", hop.reason);
    else
        text_string(sentence, ", and they become more");
}

static void say(const struct findings *findings, const struct mail_case *mail, uint64_t old, const struct options *set,
                struct finding *finding)
{
    text_format(&finding->sentence, "The queue %s of %s %s holds %s messages, the oldest of them for %s", mail->queue,
                mail_mta_words[mail->mta], mail->server, words_count(mail->messages).text,
                words_seconds(mail->oldest_seconds).text);
    if (mail->class == QUEUE_DEFERRED)
        say_deferred(findings, mail, old, set, &finding->sentence);
    text_string(&finding->sentence, ".");
    if (mail->class == QUEUE_BROKEN)
        text_string(&finding->cure, "The mail server could not use these: look at each, and remove or resend it.");
    else
        text_string(&finding->cure, "See whether the server runs, who the mail is for and what the log says: one next "
                                    "hop that is down or throttles, content filter, disk.");
    mail_case_show(mail, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_mail_queues); row++) {
        struct mail_case mail;
        if (!mail_case_at(findings, row, &mail) || mail.class == QUEUE_HELD)
            continue;
        uint64_t old = mail_case_older(findings, &mail, seconds(set->deferred_age));
        enum finding_level level = weigh(findings, &mail, old, set);
        if (level == FINDING_NONE)
            continue;
        struct finding *finding = findings_draft(findings);
        mail_case_name(&mail, finding);
        say(findings, &mail, old, set, finding);
        findings_raise(findings, level, finding);
    }
}

const struct finding_rule finding_mail_queue_old = {
    .name = "mail_queue_old",
    .help = "Mail is late: messages wait where they should not, or more and more of them.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
