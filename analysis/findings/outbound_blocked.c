/* SPDX-License-Identifier: Apache-2.0
 * Outbound connections fail while inbound ones work: what looks from outside like a healthy host. */
#include <string.h>

#include "analysis/findings/no_port.h"
#include "analysis/findings/pool.h"
#include "analysis/findings/port_case.h"
#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/connect_probe.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_counters.h"

struct options {
    struct finding_common common;
    double pool;
    double failing;
    double failures_per_second;
    int64_t hold;
};

static const struct option options[] = {
    FINDING_REAL(options, pool, "0.98", 1, "critical: share of the pool taken, where somebody draws from it"),
    FINDING_REAL(options, failing, "0.95", 1, "warning: share of connections opened here that fail"),
    FINDING_REAL(options, failures_per_second, "1", 1e6, "and at least so many of them"),
    FINDING_DURATION(options, hold, "5m", "how long connections must fail"),
    FINDING_CLEAR(options, "1m"),
    OPTION_END,
};

static const double slack = 0.9;
static const char subject[] = "outbound";

/* What the kernel counted in one namespace since the sample before. */
struct traffic {
    const char *netns;
    double opened;
    double failed;
    double accepted;
};

static double grown(struct findings *findings, size_t row, unsigned column, const char *name, const char *netns)
{
    return findings_growth(findings, subject, netns, name,
                           (double)builder_get_number(findings_builder(findings), &table_tcp_counters, row, column));
}

static struct traffic traffic_at(struct findings *findings, size_t row)
{
    const char *netns = builder_get_text(findings_builder(findings), &table_tcp_counters, row, TCP_COUNTERS_NETNS);
    return (struct traffic){
        .netns = netns,
        .opened = grown(findings, row, TCP_COUNTERS_ACTIVE_OPENS, "opened", netns),
        .failed = grown(findings, row, TCP_COUNTERS_ATTEMPT_FAILS, "failed", netns),
        .accepted = grown(findings, row, TCP_COUNTERS_PASSIVE_OPENS, "accepted", netns),
    };
}

/* The fullest pool of the namespace that somebody draws from: whichever it is, where bind() to port 0 fails. */
static bool fullest_pool(const struct findings *findings, const char *netns, bool fails, struct pool *ret_pool)
{
    bool found = false;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_port_pools); row++) {
        struct pool pool;
        if (!pool_at(findings, row, &pool) || !(pool.binds || fails) || strcmp(pool.netns, netns) != 0 ||
            (found && pool.ratio <= ret_pool->ratio))
            continue;
        *ret_pool = pool;
        found = true;
    }
    return found;
}

/* The row of the connect probe, if there is one and its last connection failed. It is made in our own namespace. */
static bool probe_fails(const struct findings *findings, const char *netns)
{
    const struct builder *builder = findings_builder(findings);
    return netns[0] == '\0' && builder_row_count(builder, &table_connect_probe) > 0 &&
           builder_get_number(builder, &table_connect_probe, 0, CONNECT_PROBE_SUCCESS) == 0;
}

static void report_no_port(struct findings *findings, const struct traffic *traffic, const struct pool *pool,
                           struct finding *finding)
{
    struct port_case port = {.source = pool->source,
                             .v6 = pool->v6,
                             .netns = traffic->netns,
                             .subject = "outbound",
                             .process = "",
                             .unit = ""};
    if (pool->usable == 0) {
        text_format(&finding->sentence, "Outbound connections%s found no port until a moment ago.",
                    words_where(traffic->netns).text);
        return;
    }
    port_case_name_culprit(findings, &port);
    finding->process = port.process;
    finding->unit = port.unit;
    text_format(&finding->sentence,
                "Outbound connections fail%s while inbound ones work: %s of %s ports of %s are taken, most by %s.",
                words_where(traffic->netns).text, words_count(pool->used).text, words_count(pool->usable).text,
                pool->subject, words_who(port.process, port.unit).text);
    text_format(&finding->cure, "Stop or slow down %s; then see the runbook of ephemeral_pool_filling.",
                words_who(port.process, port.unit).text);
    remedies_of(findings)->widen_ports(findings, traffic->netns, finding);
}

static void say_what_fails(const struct findings *findings, const struct traffic *traffic, struct finding *finding)
{
    const struct builder *builder = findings_builder(findings);
    if (probe_fails(findings, traffic->netns)) {
        text_format(&finding->sentence,
                    "The agent cannot connect to %s (%s), while %s inbound connections were accepted in the last %s.",
                    builder_get_text(builder, &table_connect_probe, 0, CONNECT_PROBE_TARGET),
                    builder_get_text(builder, &table_connect_probe, 0, CONNECT_PROBE_ERROR),
                    words_real(traffic->accepted).text, words_seconds(findings_elapsed(findings)).text);
        return;
    }
    text_format(&finding->sentence,
                "Of %s outbound connections%s in the last %s, %s failed, while %s inbound ones were accepted.",
                words_real(traffic->opened).text, words_where(traffic->netns).text,
                words_seconds(findings_elapsed(findings)).text, words_real(traffic->failed).text,
                words_real(traffic->accepted).text);
}

static void report_failing(const struct findings *findings, const struct traffic *traffic, struct finding *finding)
{
    say_what_fails(findings, traffic, finding);
    text_string(&finding->cure, remedies_of(findings)->try_connecting);
    text_string(&finding->remedy, remedies_of(findings)->look_outbound);
    text_string(&finding->caveat, "A reboot hides the cause, and helps until it is back.");
}

static void report(struct findings *findings, enum finding_level level, const struct traffic *traffic,
                   const struct pool *pool)
{
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->netns = traffic->netns;
    if (level == FINDING_CRITICAL)
        report_no_port(findings, traffic, pool, finding);
    else
        report_failing(findings, traffic, finding);
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    double elapsed = findings_elapsed(findings);
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_tcp_counters); row++) {
        const struct traffic traffic = traffic_at(findings, row);
        struct pool pool = {.source = ""};
        bool fails = no_port_failures(findings, NO_PORT_BIND, traffic.netns) > 0;
        bool draws = fullest_pool(findings, traffic.netns, fails, &pool), near = pool.ratio >= set->pool * slack;
        bool many = traffic.failed >= set->failures_per_second * elapsed && elapsed > 0;
        bool failing = many && traffic.failed >= set->failing * traffic.opened && traffic.accepted > 0;
        bool blocked = probe_fails(findings, traffic.netns);
        const struct finding_condition conditions[] = {
            {"pool", FINDING_CRITICAL, draws && pool.ratio >= set->pool, draws && near, FINDING_TWO_SAMPLES},
            {"no_port", FINDING_CRITICAL, fails && near, false, FINDING_AT_ONCE},
            {"failing", FINDING_WARNING, failing, failing, set->hold},
            {"probe", FINDING_WARNING, blocked, blocked, set->hold},
        };
        enum finding_level level =
            findings_weigh(findings, subject, traffic.netns, conditions, sizeof(conditions) / sizeof(conditions[0]));
        if (level != FINDING_NONE)
            report(findings, level, &traffic, &pool);
    }
}

const struct finding_rule finding_outbound_blocked = {
    .name = "outbound_blocked",
    .help = "Outbound connections fail while inbound ones work.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
