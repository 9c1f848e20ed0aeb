/* SPDX-License-Identifier: Apache-2.0
 * Ports towards one destination run out, or connect() gets slow long before. At a constant rate they fill within one
 * TIME_WAIT or level off: what counts is the level, not the slope. */
#include <math.h>

#include "analysis/findings/no_port.h"
#include "analysis/findings/overrun.h"
#include "analysis/findings/port_case.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/port_use.h"

struct options {
    struct finding_common common;
    double demand_warning;
    double demand_critical;
    double ratio_critical;
    double ratio_floor;
    double turnover;
    double cliff;
    double cliff_core;
    int64_t hold;
    int64_t demand_hold;
    int64_t exhaustion;
};

static const struct option options[] = {
    FINDING_REAL(options, demand_warning, "0.4", 10, "level that use will settle at, as a share of the usable ports"),
    FINDING_REAL(options, demand_critical, "1", 10,
                 "the same; above 1 the ports will run out: a warning in two samples, critical if it lasts"),
    FINDING_REAL(options, ratio_critical, "0.9", 1, "share of the usable ports that is taken now"),
    FINDING_REAL(options, ratio_floor, "0.1", 1, "below this share taken, demand alone tells nothing yet"),
    FINDING_REAL(options, turnover, "0.1", 1, "demand warns only when connections that come and go make so much of it"),
    FINDING_REAL(options, cliff, "0.5", 1, "share taken from which connect() searches long, without reuse"),
    FINDING_REAL(options, cliff_core, "0.1", 100, "critical: cores that this search costs"),
    FINDING_DURATION(options, hold, "10m", "how long demand must be over demand_warning"),
    FINDING_DURATION(options, demand_hold, "8s", "how long demand must be over demand_critical to be no burst"),
    FINDING_DURATION(options, exhaustion, "20s", "with so little time left, a burst is critical too"),
    FINDING_CLEAR(options, "1m"),
    OPTION_END,
};

static const double slack = OVERRUN_SLACK;

#define OWN_CONDITIONS 5u

/* Nobody feels a search that is done less than once a second. */
static const double felt_rate = 1;

static enum finding_level weigh(struct findings *findings, const struct port_case *port, double failed,
                                const struct options *set)
{
    double search = port_case_search_cost(port);
    bool turns = port_case_turnover(port) >= set->turnover;
    bool over_cliff = port->cliff && port->ratio >= set->cliff, still_over = port->ratio >= set->cliff * slack;
    const struct overrun overrun = {
        .demand = port->demand,
        .ratio = port->ratio,
        .exhaustion = port->exhaustion,
        .demand_most = set->demand_critical,
        .ratio_floor = set->ratio_floor,
        .lasting = set->demand_hold,
        .soon = set->exhaustion,
    };
    struct finding_condition conditions[OWN_CONDITIONS + OVERRUN_CONDITIONS] = {
        {"demand", FINDING_WARNING, port->demand >= set->demand_warning && turns,
         port->demand >= set->demand_warning * slack, set->hold},
        {"cliff", FINDING_WARNING, over_cliff && port->opens >= felt_rate, port->cliff && still_over,
         FINDING_TWO_SAMPLES},
        {"full", FINDING_CRITICAL, port->ratio >= set->ratio_critical, port->ratio >= set->ratio_critical * slack,
         FINDING_AT_ONCE},
        {"no_port", FINDING_CRITICAL, failed > 0, false, FINDING_AT_ONCE},
        {"search", FINDING_CRITICAL, over_cliff && search >= set->cliff_core,
         port->cliff && still_over && search >= set->cliff_core * slack, FINDING_TWO_SAMPLES},
    };
    overrun_conditions(&overrun, &conditions[OWN_CONDITIONS]);
    return findings_weigh(findings, port->subject, port->netns, conditions, OWN_CONDITIONS + OVERRUN_CONDITIONS);
}

static void say(const struct port_case *port, const struct options *set, struct text *sentence)
{
    text_format(sentence, "%s of %s ports of %s towards %s%s are taken (%s), most by %s", words_count(port->used).text,
                words_count(port->usable).text, port->source, port->destination, words_where(port->netns).text,
                words_ratio(port->ratio).text, words_who(port->process, port->unit).text);
    text_format(sentence, "; %s connections/s settle at %s", words_real(round(port->rate)).text,
                words_ratio(port->demand).text);
    if (!isnan(port->exhaustion))
        text_format(sentence, ": full in %s", words_seconds(round(port->exhaustion)).text);
    else if (port->cliff && port->ratio >= set->cliff)
        text_string(sentence, ", and connect() searches long");
    text_string(sentence, ".");
}

/* What events tell beside the sockets: connections that found no port, and how many are opened where that costs. */
static double ask_events(struct findings *findings, size_t row, const struct options *set, struct port_case *port)
{
    if (!port_case_is_fullest(findings, row))
        return 0;
    if (port->cliff && port->ratio >= set->cliff * slack)
        port->opens = fmax(port->opens, no_port_connects_per_second(findings, port->destination, port->netns));
    return no_port_failures(findings, port->destination, port->netns);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct options *set = values;
    for (size_t row = 0; row < builder_row_count(findings_builder(findings), &table_port_use); row++) {
        struct port_case port;
        if (!port_case_at(findings, row, &port))
            continue;
        double failed = ask_events(findings, row, set, &port);
        enum finding_level level = weigh(findings, &port, failed, set);
        if (level == FINDING_NONE)
            continue;
        struct finding *finding = findings_draft(findings);
        port_case_name_culprit(findings, &port);
        say(&port, set, &finding->sentence);
        port_case_advise(findings, &port, finding);
        findings_raise(findings, level, finding);
    }
}

const struct finding_rule finding_ephemeral_ports_filling = {
    .name = "ephemeral_ports_filling",
    .help = "Ephemeral ports towards one destination will run out, or are so many that connect() gets slow.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
