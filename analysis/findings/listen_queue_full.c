/* SPDX-License-Identifier: Apache-2.0
 * A server does not accept: clients wait in its queue, and beyond the queue's bound they are dropped without a word. */
#include <stdio.h>
#include <string.h>

#include "analysis/findings/rules.h"
#include "analysis/findings/tuning_value.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_sockets.h"

struct options {
    struct finding_common common;
    double ratio;
    int64_t hold;
};

static const struct option options[] = {
    FINDING_REAL(options, ratio, "0.9", 1, "share of the accept queue that is taken, in two samples"),
    FINDING_DURATION(options, hold, "1m", "critical: how long it must be full"),
    FINDING_CLEAR(options, "1m"),
    OPTION_END,
};

static const double slack = 0.5;
static const struct table *const table = &table_listeners;

struct listening {
    const char *process;
    const char *unit;
    const char *address;
    const char *netns;
    unsigned port;
    uint64_t queue;
    uint64_t limit;
};

static void report(struct findings *findings, enum finding_level level, const char *subject,
                   const struct listening *listening, bool drops)
{
    uint64_t somaxconn = tuning_value_number(findings, "net.core.somaxconn", "", listening->netns, 4096);
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->netns = listening->netns;
    finding->process = listening->process;
    finding->unit = listening->unit;
    text_format(&finding->sentence, "%s connections wait for %s to accept them on %s%s; its queue holds %s%s.",
                words_count(listening->queue).text, words_who(listening->process, listening->unit).text, subject,
                words_where(listening->netns).text, words_count(listening->limit).text,
                drops ? ", and others were dropped" : "");
    text_format(&finding->cure,
                "See why %s does not accept: all its workers busy or at their limit, or stopped. A longer queue only "
                "helps against bursts.",
                words_who(listening->process, listening->unit).text);
    if (listening->limit >= somaxconn) {
        text_format(&finding->remedy, "sysctl -w net.core.somaxconn=%llu", (unsigned long long)somaxconn * 4);
        text_format(&finding->undo, "sysctl -w net.core.somaxconn=%llu", (unsigned long long)somaxconn);
        text_string(&finding->caveat, "Takes effect when the program listens anew, and only if it asks for so many.");
    } else {
        text_format(&finding->remedy, "ss -ltn 'sport = :%u'", listening->port);
        text_string(&finding->caveat, "The program itself asks for this short queue (backlog of listen()).");
    }
    findings_raise(findings, level, finding);
}

static void look_at(struct findings *findings, const struct listening *listening, bool drops, const struct options *set)
{
    char subject[80];
    double share = (double)listening->queue / (double)listening->limit;
    bool full = share >= set->ratio, still = share >= set->ratio * slack;
    (void)snprintf(subject, sizeof(subject), strchr(listening->address, ':') ? "[%s]:%u" : "%s:%u", listening->address,
                   listening->port);
    const struct finding_condition conditions[] = {
        {"overflow", FINDING_WARNING, drops && listening->queue >= listening->limit, still, FINDING_AT_ONCE},
        {"full", FINDING_WARNING, full, still, FINDING_TWO_SAMPLES},
        {"stuck", FINDING_CRITICAL, full, still, set->hold},
    };
    enum finding_level level = findings_weigh(findings, subject, listening->netns, conditions, 3);
    if (level != FINDING_NONE)
        report(findings, level, subject, listening, drops);
}

static struct listening listening_at(const struct builder *builder, size_t row)
{
    return (struct listening){
        .process = builder_get_text(builder, table, row, LISTENERS_PROCESS),
        .unit = builder_get_text(builder, table, row, LISTENERS_UNIT),
        .address = builder_get_text(builder, table, row, LISTENERS_ADDRESS),
        .netns = builder_get_text(builder, table, row, LISTENERS_NETNS),
        .port = (unsigned)builder_get_number(builder, table, row, LISTENERS_PORT),
        .queue = builder_get_number(builder, table, row, LISTENERS_QUEUE),
        .limit = builder_get_number(builder, table, row, LISTENERS_QUEUE_LIMIT),
    };
}

static void look_at_all(struct findings *findings, const char *netns, bool drops, const struct options *set)
{
    const struct builder *builder = findings_builder(findings);
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        const struct listening listening = listening_at(builder, row);
        if (listening.limit > 0 && strcmp(listening.netns, netns) == 0)
            look_at(findings, &listening, drops, set);
    }
}

/* The kernel counts drops for a whole namespace: they are those of the listeners that are full there. */
static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    const struct table *counters = &table_tcp_counters;
    for (size_t row = 0; row < builder_row_count(builder, counters); row++) {
        const char *netns = builder_get_text(builder, counters, row, TCP_COUNTERS_NETNS);
        double overflows = (double)builder_get_number(builder, counters, row, TCP_COUNTERS_LISTEN_OVERFLOWS);
        bool drops = findings_growth(findings, "", netns, "overflows", overflows) > 0;
        look_at_all(findings, netns, drops, values);
    }
}

const struct finding_rule finding_listen_queue_full = {
    .name = "listen_queue_full",
    .help = "A server does not accept connections as fast as they come.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
