/* SPDX-License-Identifier: Apache-2.0
 * Settings that are each allowed, but undo one another. */
#include "analysis/findings/resource.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/tuning_case.h"
#include "analysis/findings/tuning_value.h"

/* Why a pair is inconsistent, given both values. */
struct pair {
    const char *key;
    const char *with;
    bool (*clash)(uint64_t value, uint64_t with);
    const char *why;
    const char *cure; /* the one of the two to set, */
    uint64_t to;      /* and to what */
};

static bool reuses_without_timestamps(uint64_t reuse, uint64_t timestamps)
{
    return reuse != 0 && timestamps == 0;
}

static bool is_less(uint64_t value, uint64_t with)
{
    return value < with;
}

static bool is_abortive(uint64_t abort, uint64_t queue)
{
    (void)queue;
    return abort != 0;
}

static const char reuse[] = "net.ipv4.tcp_tw_reuse", timestamps[] = "net.ipv4.tcp_timestamps";
static const char buckets[] = "net.ipv4.tcp_max_tw_buckets", orphans[] = "net.ipv4.tcp_max_orphans";
static const char abort_on_overflow[] = "net.ipv4.tcp_abort_on_overflow", somaxconn[] = "net.core.somaxconn";

static const struct pair pairs[] = {
    {reuse, timestamps, reuses_without_timestamps, "without timestamps no TIME_WAIT is ever reused", timestamps, 1},
    {buckets, orphans, is_less, "sockets skip TIME_WAIT long before memory is short", buckets, 262144},
    {abort_on_overflow, somaxconn, is_abortive,
     "a burst that the accept queue does not hold is reset instead of tried again", abort_on_overflow, 0},
};

#define UNKNOWN UINT64_MAX

static void look_at(struct findings *findings, const struct pair *pair, const bool *felt)
{
    uint64_t value = tuning_value_number(findings, pair->key, "", "", UNKNOWN);
    uint64_t with = tuning_value_number(findings, pair->with, "", "", UNKNOWN);
    bool clash = value != UNKNOWN && with != UNKNOWN && pair->clash(value, with);
    const struct finding_condition conditions[] = {
        {"set", FINDING_INFO, clash, false, FINDING_AT_ONCE},
        {"felt", FINDING_WARNING, clash && felt[resource_of(pair->key)], false, FINDING_AT_ONCE},
    };
    enum finding_level level = findings_weigh(findings, pair->key, NULL, conditions, 2);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = pair->key;
    text_format(&finding->sentence, "%s is %llu while %s is %llu: %s.", pair->key, (unsigned long long)value,
                pair->with, (unsigned long long)with, pair->why);
    text_format(&finding->remedy, "sysctl -w %s=%llu", pair->cure, (unsigned long long)pair->to);
    text_format(&finding->undo, "sysctl -w %s=%llu", pair->cure,
                (unsigned long long)(pair->cure == pair->key ? value : with));
    text_string(&finding->caveat, "For good: a line in /etc/sysctl.d/.");
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct tuning_case_options *set = values;
    bool felt[RESOURCE_COUNT];
    resources_felt(findings, set->use, set->use_window, felt);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        look_at(findings, &pairs[i], felt);
}

const struct finding_rule finding_tuning_inconsistent = {
    .name = "tuning_inconsistent",
    .help = "Two settings undo one another; a warning only if what they bound was short within a day.",
    .most = FINDING_SEVERITY_WARNING,
    .options = tuning_case_options,
    .options_size = sizeof(struct tuning_case_options),
    .evaluate = evaluate,
};
