/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "analysis/findings/no_port.h"
#include "analysis/findings/overrun.h"
#include "analysis/findings/pool.h"
#include "analysis/findings/port_case.h"
#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/port_use.h"

struct options {
    struct finding_common common;
    double warning;
    double critical;
    double demand_critical;
    double ratio_floor;
    int64_t demand_hold;
    int64_t exhaustion;
};

static const struct option options[] = {
    FINDING_REAL(options, warning, "0.75", 1, "share of the source's ports that is taken, whatever the destination"),
    FINDING_REAL(options, critical, "0.9", 1, "the same"),
    FINDING_REAL(options, demand_critical, "1", 10,
                 "where every connection draws from it: level that use will settle at; above 1 it will run out: a "
                 "warning in two samples, critical if it lasts"),
    FINDING_REAL(options, ratio_floor, "0.1", 1, "below this share taken, demand alone tells nothing yet"),
    FINDING_DURATION(options, demand_hold, "8s", "how long demand must be over demand_critical to be no burst"),
    FINDING_DURATION(options, exhaustion, "20s", "with so little time left, a burst is critical too"),
    FINDING_CLEAR(options, "1m"),
    OPTION_END,
};

static const double slack = OVERRUN_SLACK;

#define OWN_CONDITIONS 3u

static void say(const struct findings *findings, const struct pool *pool, const struct port_case *port, double failed,
                struct text *sentence)
{
    if (failed > 0)
        text_format(sentence, "%s %s times in the last %s: ", remedies_of(findings)->no_port, words_real(failed).text,
                    words_seconds(findings_elapsed(findings)).text);
    text_format(sentence, "%s of %s ports of %s%s are taken over all destinations (%s), most by %s, %s",
                words_count(pool->used).text, words_count(pool->usable).text, pool->subject,
                words_where(pool->netns).text, words_ratio(pool->ratio).text, words_who(port->process, port->unit).text,
                remedies_of(findings)->pool_why);
    if (!isnan(pool->demand))
        text_format(sentence, "; %s connections/s settle at %s", words_real(round(pool->rate)).text,
                    words_ratio(pool->demand).text);
    if (!isnan(pool->exhaustion))
        text_format(sentence, ": full in %s", words_seconds(round(pool->exhaustion)).text);
    text_string(sentence, ".");
}

static void report(struct findings *findings, enum finding_level level, const struct pool *pool, double failed)
{
    struct finding *finding = findings_draft(findings);
    const struct remedies *remedies = remedies_of(findings);
    struct port_case port = {.source = pool->source, .v6 = pool->v6, .netns = pool->netns, .process = "", .unit = ""};
    (void)snprintf(port.subject, sizeof(port.subject), "%s", pool->subject);
    port_case_name_culprit(findings, &port);
    finding->subject = pool->subject;
    finding->netns = pool->netns;
    finding->process = port.process;
    finding->unit = port.unit;
    say(findings, pool, &port, failed, &finding->sentence);
    remedies->spare_pool(words_who(port.process, port.unit).text, &finding->cure);
    remedies->widen_ports(findings, pool->netns, finding);
    findings_raise(findings, level, finding);
}

static enum finding_level weigh(struct findings *findings, const struct pool *pool, double failed,
                                const struct options *set)
{
    const struct overrun overrun = {
        .demand = pool->demand,
        .ratio = pool->ratio,
        .exhaustion = pool->exhaustion,
        .demand_most = set->demand_critical,
        .ratio_floor = set->ratio_floor,
        .lasting = set->demand_hold,
        .soon = set->exhaustion,
    };
    struct finding_condition conditions[OWN_CONDITIONS + OVERRUN_CONDITIONS] = {
        {"no_port", FINDING_CRITICAL, failed > 0, false, FINDING_AT_ONCE},
        {"filling", FINDING_WARNING, pool->binds && pool->ratio >= set->warning, pool->ratio >= set->warning * slack,
         FINDING_TWO_SAMPLES},
        {"full", FINDING_CRITICAL, pool->binds && pool->ratio >= set->critical, pool->ratio >= set->critical * slack,
         FINDING_TWO_SAMPLES},
    };
    overrun_conditions(&overrun, &conditions[OWN_CONDITIONS]);
    return findings_weigh(findings, pool->subject, pool->netns, conditions, OWN_CONDITIONS + OVERRUN_CONDITIONS);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_port_pools); row++) {
        struct pool pool;
        if (!pool_at(findings, row, &pool))
            continue;
        double failed = pool.fullest ? no_port_failures(findings, NO_PORT_BIND, pool.netns) : 0;
        enum finding_level level = weigh(findings, &pool, failed, set);
        if (level != FINDING_NONE)
            report(findings, level, &pool, failed);
    }
}

const struct finding_rule finding_ephemeral_pool_filling = {
    .name = "ephemeral_pool_filling",
    .help = "The ports of one source address run out over all destinations, for whoever binds before it connects.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
