/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/rules.h"
#include "analysis/findings/tuning_value.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/tcp_counters.h"

struct options {
    struct finding_common common;
};

static const struct option options[] = {
    FINDING_CLEAR(options, "10m"),
    OPTION_END,
};

static const char key[] = "net.ipv4.tcp_max_tw_buckets";

/* The kernel's default on a machine with more than a little memory. */
#define DEFAULT_BUCKETS 262144u

static void report(struct findings *findings, const char *netns, double grown)
{
    uint64_t now = tuning_value_number(findings, key, "", netns, 0);
    struct finding *finding = findings_draft(findings);
    finding->subject = key;
    finding->netns = netns;
    text_format(&finding->sentence,
                "%s sockets%s skipped TIME_WAIT since the sample before, because %s sockets are in it already: late "
                "segments may then reach a new connection.",
                words_real(grown).text, words_where(netns).text, now ? words_count(now).text : "as many as allowed");
    text_string(&finding->cure, "Find who opens and closes so many connections, and let it keep them.");
    if (now) {
        text_format(&finding->remedy, "sysctl -w %s=%llu", key,
                    (unsigned long long)(now * 2 > DEFAULT_BUCKETS ? now * 2 : DEFAULT_BUCKETS));
        text_format(&finding->undo, "sysctl -w %s=%llu", key, (unsigned long long)now);
    } else {
        text_format(&finding->remedy, "sysctl %s", key);
    }
    text_string(&finding->caveat, "Each takes about 300 bytes of kernel memory. For good: a line in /etc/sysctl.d/.");
    findings_raise(findings, FINDING_WARNING, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    (void)values;
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_counters); row++) {
        const char *netns = builder_get_text(builder, &table_tcp_counters, row, TCP_COUNTERS_NETNS);
        double grown = findings_growth(
            findings, key, netns, "overflows",
            (double)builder_get_number(builder, &table_tcp_counters, row, TCP_COUNTERS_TIME_WAIT_OVERFLOWS));
        const struct finding_condition overflow = {"overflow", FINDING_WARNING, grown > 0, false, FINDING_AT_ONCE};
        if (findings_weigh(findings, key, netns, &overflow, 1) != FINDING_NONE)
            report(findings, netns, grown);
    }
}

const struct finding_rule finding_time_wait_overflow = {
    .name = "time_wait_overflow",
    .help = "More sockets want to be in TIME_WAIT than tcp_max_tw_buckets allows.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
