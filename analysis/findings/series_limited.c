/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/agent.h"

struct options {
    struct finding_common common;
    double share;
};

static const struct option options[] = {
    FINDING_REAL(options, share, "0.98", 1, "share of sample.max_series that is used"),
    FINDING_CLEAR(options, "10m"),
    OPTION_END,
};

static const double slack = 0.9;
static const char subject[] = "series";

/* Series of the sample before: those of this one are not counted yet. */
static double series_before(const struct snapshot *previous)
{
    double sum = 0;
    for (size_t row = 0; previous && row < snapshot_row_count(previous, &table_series); row++)
        sum += (double)snapshot_number(previous, &table_series, row, SERIES_SERIES);
    return sum;
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    const struct builder *builder = findings_builder(findings);
    size_t most = builder_max_series(builder);
    double series = series_before(builder_previous(builder));
    double share = most ? series / (double)most : 0;
    const struct finding_condition limited = {"limited", FINDING_INFO, share >= set->share, share >= set->share * slack,
                                              FINDING_TWO_SAMPLES};
    enum finding_level level = findings_weigh(findings, subject, NULL, &limited, 1);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    text_format(&finding->sentence, "%s of at most %s series are served: the smallest rows are summed as `other`.",
                words_real(series).text, words_count(most).text);
    text_format(&finding->remedy, "sample: {max_series: %zu}", most * 2);
    text_format(&finding->undo, "sample: {max_series: %zu}", most);
    text_string(&finding->caveat, "In the configuration file, then SIGHUP. Prometheus stores every one of them.");
    findings_raise(findings, level, finding);
}

const struct finding_rule finding_series_limited = {
    .name = "series_limited",
    .help = "The limit of series was reached, and rows were folded.",
    .most = FINDING_SEVERITY_INFO,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
