/* SPDX-License-Identifier: Apache-2.0
 * No port is left towards one destination: by events, since connections fail for want of one; without, since all are
 * taken. */
#include "analysis/findings/no_port.h"
#include "analysis/findings/port_case.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/port_use.h"

struct options {
    struct finding_common common;
    double ratio;
};

static const struct option options[] = {
    FINDING_REAL(options, ratio, "0.98", 1, "share of the usable ports that is taken"),
    FINDING_CLEAR(options, "1m"),
    OPTION_END,
};

static const double slack = 0.95;

static void say(const struct findings *findings, const struct port_case *port, double failed, struct text *sentence)
{
    const struct words where = words_where(port->netns);
    if (failed > 0)
        text_format(sentence, "%s connections%s failed for want of a port in the last %s: ", words_real(failed).text,
                    where.text, words_seconds(findings_elapsed(findings)).text);
    else
        text_string(sentence, "No port is left: ");
    text_format(sentence, "%s of %s ports of %s towards %s%s are taken, most by %s%s.", words_count(port->used).text,
                words_count(port->usable).text, port->source, port->destination, failed > 0 ? "" : where.text,
                words_who(port->process, port->unit).text, failed > 0 ? "" : "; new connections fail");
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_port_use); row++) {
        struct port_case port;
        if (!port_case_at(findings, row, &port))
            continue;
        double failed =
            port_case_is_fullest(findings, row) ? no_port_failures(findings, port.destination, port.netns) : 0;
        const struct finding_condition conditions[] = {
            {"full", FINDING_CRITICAL, port.ratio >= set->ratio, port.ratio >= set->ratio * slack, FINDING_AT_ONCE},
            {"no_port", FINDING_CRITICAL, failed > 0, false, FINDING_AT_ONCE},
        };
        enum finding_level level = findings_weigh(findings, port.subject, port.netns, conditions, 2);
        if (level == FINDING_NONE)
            continue;
        struct finding *finding = findings_draft(findings);
        port_case_name_culprit(findings, &port);
        say(findings, &port, failed, &finding->sentence);
        port_case_advise(findings, &port, finding);
        findings_raise(findings, level, finding);
    }
}

const struct finding_rule finding_ephemeral_ports_exhausted = {
    .name = "ephemeral_ports_exhausted",
    .help = "No ephemeral port is left towards one destination: new connections to it fail.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
