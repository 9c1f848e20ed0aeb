/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "analysis/findings/no_port.h"
#include "analysis/findings/pool.h"
#include "analysis/findings/port_case.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/port_use.h"

struct options {
    struct finding_common common;
    double warning;
    double critical;
};

static const struct option options[] = {
    FINDING_REAL(options, warning, "0.75", 1, "share of the source's ports that is taken, whatever the destination"),
    FINDING_REAL(options, critical, "0.9", 1, "the same"),
    FINDING_CLEAR(options, "1m"),
    OPTION_END,
};

static const double slack = 0.9;

static void say(const struct findings *findings, const struct pool *pool, const struct port_case *port, double failed,
                struct text *sentence)
{
    if (failed > 0)
        text_format(sentence, "bind() to port 0 failed %s times in the last %s: ", words_real(failed).text,
                    words_seconds(findings_elapsed(findings)).text);
    text_format(sentence,
                "%s of %s ports of %s%s are taken over all destinations (%s), most by %s, which binds before it "
                "connects: then one port serves one connection only, whatever its destination.",
                words_count(pool->used).text, words_count(pool->usable).text, pool->source,
                words_where(pool->netns).text, words_ratio(pool->ratio).text,
                words_who(port->process, port->unit).text);
}

static void report(struct findings *findings, enum finding_level level, const struct pool *pool, double failed)
{
    struct finding *finding = findings_draft(findings);
    struct port_case port = {.source = pool->source, .netns = pool->netns, .process = "", .unit = ""};
    (void)snprintf(port.subject, sizeof(port.subject), "%s", pool->source);
    port_case_name_culprit(findings, &port);
    finding->subject = pool->source;
    finding->netns = pool->netns;
    finding->process = port.process;
    finding->unit = port.unit;
    say(findings, pool, &port, failed, &finding->sentence);
    text_format(&finding->cure,
                "Let %s not bind() to port 0 before connect(), or set IP_BIND_ADDRESS_NO_PORT before it binds; keep "
                "connections open, and make fewer.",
                words_who(port.process, port.unit).text);
    port_case_widen(findings, pool->netns, finding);
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_port_pools); row++) {
        struct pool pool;
        if (!pool_at(findings, row, &pool))
            continue;
        double failed = pool.fullest ? no_port_failures(findings, NO_PORT_BIND, pool.netns) : 0;
        const struct finding_condition conditions[] = {
            {"no_port", FINDING_CRITICAL, failed > 0, false, FINDING_AT_ONCE},
            {"filling", FINDING_WARNING, pool.binds && pool.ratio >= set->warning, pool.ratio >= set->warning * slack,
             FINDING_TWO_SAMPLES},
            {"full", FINDING_CRITICAL, pool.binds && pool.ratio >= set->critical, pool.ratio >= set->critical * slack,
             FINDING_TWO_SAMPLES},
        };
        enum finding_level level = findings_weigh(findings, pool.source, pool.netns, conditions, 3);
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
