/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/conntrack.h"

struct options {
    struct finding_common common;
    double warning;
    double critical;
};

static const struct option options[] = {
    FINDING_REAL(options, warning, "0.8", 1, "share of nf_conntrack_max that is taken"),
    FINDING_REAL(options, critical, "0.95", 1, "the same"),
    FINDING_CLEAR(options, "5m"),
    OPTION_END,
};

static const double slack = 0.95;
static const char subject[] = "nf_conntrack";
static const struct table *const table = &table_conntrack;

static void report(struct findings *findings, enum finding_level level, size_t row, double dropped)
{
    const struct builder *builder = findings_builder(findings);
    uint64_t entries = builder_get_number(builder, table, row, CONNTRACK_ENTRIES);
    uint64_t limit = builder_get_number(builder, table, row, CONNTRACK_LIMIT);
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->netns = builder_get_text(builder, table, row, CONNTRACK_NETNS);
    text_format(&finding->sentence, "Connection tracking%s holds %s of %s flows", words_where(finding->netns).text,
                words_count(entries).text, words_count(limit).text);
    if (dropped > 0)
        text_format(&finding->sentence, ", and %s packets were dropped since the sample before",
                    words_real(dropped).text);
    text_string(&finding->sentence, ".");
    remedies_of(findings)->track_more(limit, finding);
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    const struct builder *builder = findings_builder(findings);
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        const char *netns = builder_get_text(builder, table, row, CONNTRACK_NETNS);
        uint64_t limit = builder_get_number(builder, table, row, CONNTRACK_LIMIT);
        double entries = (double)builder_get_number(builder, table, row, CONNTRACK_ENTRIES);
        double share = limit ? entries / (double)limit : 0;
        double dropped = findings_growth(findings, subject, netns, "drops",
                                         (double)builder_get_number(builder, table, row, CONNTRACK_DROPS));
        const struct finding_condition conditions[] = {
            {"filling", FINDING_WARNING, share >= set->warning, share >= set->warning * slack, FINDING_TWO_SAMPLES},
            {"full", FINDING_CRITICAL, share >= set->critical, share >= set->critical * slack, FINDING_TWO_SAMPLES},
            {"drops", FINDING_CRITICAL, dropped > 0, false, FINDING_AT_ONCE},
        };
        enum finding_level level = findings_weigh(findings, subject, netns, conditions, 3);
        if (level != FINDING_NONE)
            report(findings, level, row, dropped);
    }
}

const struct finding_rule finding_conntrack_filling = {
    .name = "conntrack_filling",
    .help = "Connection tracking is about to drop new flows, or does already: where NAT and container hosts run out.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
