/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/tcp_states.h"

struct options {
    struct finding_common common;
    double share;
    uint64_t sockets;
    int64_t hold;
};

static const struct option options[] = {
    FINDING_REAL(options, share, "0.5", 1, "share of the sockets whose owner is not known"),
    FINDING_COUNT(options, sockets, "200", "and at least so many"),
    FINDING_DURATION(options, hold, "1m", "how long it must be so"),
    FINDING_CLEAR(options, "5m"),
    OPTION_END,
};

static const double slack = 0.9;
static const char subject[] = "owners";

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    const struct builder *builder = findings_builder(findings);
    uint64_t all = 0, unknown = 0;
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_states); row++) {
        all += builder_get_number(builder, &table_tcp_states, row, TCP_STATES_SOCKETS);
        unknown += builder_get_number(builder, &table_tcp_states, row, TCP_STATES_UNKNOWN);
    }
    double share = all ? (double)unknown / (double)all : 0;
    const struct finding_condition many = {"many", FINDING_INFO, unknown >= set->sockets && share >= set->share,
                                           share >= set->share * slack, set->hold};
    enum finding_level level = findings_weigh(findings, subject, NULL, &many, 1);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    text_format(&finding->sentence, "Nobody is known for %s of %s TCP sockets (%s).", words_count(unknown).text,
                words_count(all).text, words_ratio(share).text);
    text_string(&finding->cure, "A TIME_WAIT socket has no owner any more: only events tell who made it. Sockets of "
                                "other users need the rights that README.md names.");
    findings_raise(findings, level, finding);
}

const struct finding_rule finding_owner_unknown = {
    .name = "owner_unknown",
    .help = "For many sockets it is not known whose they are.",
    .most = FINDING_SEVERITY_INFO,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
