/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/source_case.h"
#include "snapshot/tables/collectors.h"

struct options {
    struct finding_common common;
};

static const struct option options[] = {
    FINDING_CLEAR(options, "0s"),
    OPTION_END,
};

static void look_at(struct findings *findings, size_t row)
{
    const struct builder *builder = findings_builder(findings);
    const char *collector = builder_get_text(builder, &table_collectors, row, COLLECTORS_COLLECTOR);
    bool works = builder_get_number(builder, &table_collectors, row, COLLECTORS_SUCCESS) != 0;
    enum finding_level level = source_case_weigh(findings, collector, works, true);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = collector;
    if (works)
        text_format(&finding->sentence, "The collector %s works again.", collector);
    else
        text_format(&finding->sentence, "The collector %s fails: %s; all that it watches is missing.", collector,
                    builder_get_text(builder, &table_collectors, row, COLLECTORS_ERROR));
    text_string(&finding->remedy, remedies_of(findings)->agent_log);
    text_string(&finding->caveat, "What it would tell is missing until then: no finding about it is no good news.");
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    (void)values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_collectors); row++)
        look_at(findings, row);
    source_case_evaluate(findings, false);
}

const struct finding_rule finding_collector_failing = {
    .name = "collector_failing",
    .help = "Part of the agent is blind: a collector fails, or a source of one cannot be read any more.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
