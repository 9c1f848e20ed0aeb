/* SPDX-License-Identifier: Apache-2.0
 * A sample that was not taken tells nothing by itself: the next one says how long there was none, and `check` and an
 * alert look at the time of the newest. */
#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"

struct options {
    struct finding_common common;
    int64_t age;
};

static const struct option options[] = {
    FINDING_DURATION(options, age, "1m", "time without a sample, beside the interval"),
    FINDING_CLEAR(options, "5m"),
    OPTION_END,
};

static const char subject[] = "samples";

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    const struct builder *builder = findings_builder(findings);
    const struct snapshot *previous = builder_previous(builder);
    int64_t gap = previous ? builder_now(builder) - snapshot_monotonic_time(previous) : 0;
    bool stale = previous && gap > set->age + snapshot_interval(previous);
    const struct finding_condition late = {"late", FINDING_WARNING, stale, false, FINDING_AT_ONCE};
    enum finding_level level = findings_weigh(findings, subject, NULL, &late, 1);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    if (stale)
        text_format(&finding->sentence, "There was no sample for %s: what happened meanwhile is not known.",
                    words_seconds((double)gap / 1e9).text);
    else
        text_string(&finding->sentence, "Samples come again after a gap.");
    text_string(&finding->cure, "The host was suspended, had no CPU or memory to spare, or a collector hangs.");
    text_string(&finding->remedy, remedies_of(findings)->agent_log);
    text_string(&finding->caveat, "Counters go on in the kernel: only what rose and fell within the gap is lost.");
    findings_raise(findings, level, finding);
}

const struct finding_rule finding_sample_stale = {
    .name = "sample_stale",
    .help = "The agent took no sample for a while, so that its verdict is old.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
