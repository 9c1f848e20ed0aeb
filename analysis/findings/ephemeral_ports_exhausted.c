/* SPDX-License-Identifier: Apache-2.0 */
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

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_port_use); row++) {
        struct port_case port;
        if (!port_case_at(findings, row, &port))
            continue;
        const struct finding_condition full = {"full", FINDING_CRITICAL, port.ratio >= set->ratio,
                                               port.ratio >= set->ratio * slack, FINDING_AT_ONCE};
        enum finding_level level = findings_weigh(findings, port.subject, port.netns, &full, 1);
        if (level == FINDING_NONE)
            continue;
        struct finding *finding = findings_draft(findings);
        port_case_name_culprit(findings, &port);
        text_format(&finding->sentence,
                    "No port is left: %s of %s ports of %s towards %s%s are taken, most by %s; new connections fail.",
                    words_count(port.used).text, words_count(port.usable).text, port.source, port.destination,
                    words_where(port.netns).text, words_who(port.process, port.unit).text);
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
