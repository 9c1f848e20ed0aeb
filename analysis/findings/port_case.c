/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/port_case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/findings/tuning_value.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/port_use.h"

/* The search for a free port costs so much for each port it looks at (docs/decisions/0008). */
static const double search_seconds_per_port = 0.2e-6;

/* Whoever was named stays named with this share of the greatest holder's ports. */
static const double incumbent_share = 2.0 / 3;

/* What we advise as a wider range: above the registered ports that servers use most. */
#define WIDE_LOW  15000u
#define WIDE_HIGH 60999u

#define OUR_PORT "10421"

static double real_at(const struct builder *builder, size_t row, unsigned column, double absent)
{
    return builder_has(builder, &table_port_use, row, column) ? builder_get_real(builder, &table_port_use, row, column)
                                                              : absent;
}

static double life_seconds(const struct builder *builder, const char *netns)
{
    const double usual = 60;
    for (size_t i = 0; i < builder_row_count(builder, &table_port_limits); i++)
        if (strcmp(builder_get_text(builder, &table_port_limits, i, PORT_LIMITS_NETNS), netns) == 0 &&
            builder_has(builder, &table_port_limits, i, PORT_LIMITS_TIME_WAIT))
            return builder_get_real(builder, &table_port_limits, i, PORT_LIMITS_TIME_WAIT);
    return usual;
}

bool port_case_at(const struct findings *findings, size_t row, struct port_case *ret_case)
{
    const struct builder *builder = findings_builder(findings);
    const struct table *table = &table_port_use;
    if (!builder_has(builder, table, row, PORT_USE_DESTINATION) || !builder_has(builder, table, row, PORT_USE_RATIO))
        return false;
    *ret_case = (struct port_case){
        .source = builder_get_text(builder, table, row, PORT_USE_SOURCE),
        .destination = builder_get_text(builder, table, row, PORT_USE_DESTINATION),
        .netns = builder_get_text(builder, table, row, PORT_USE_NETNS),
        .used = builder_get_number(builder, table, row, PORT_USE_USED) -
                builder_get_number(builder, table, row, PORT_USE_REUSABLE),
        .usable = builder_get_number(builder, table, row, PORT_USE_USABLE),
        .ratio = real_at(builder, row, PORT_USE_RATIO, 0),
        .demand = real_at(builder, row, PORT_USE_DEMAND, 0),
        .rate = real_at(builder, row, PORT_USE_RATE, 0),
        .exhaustion = real_at(builder, row, PORT_USE_EXHAUSTION, NAN),
        .cliff = builder_get_number(builder, table, row, PORT_USE_CLIFF) != 0,
        .process = "",
        .unit = "",
    };
    ret_case->opens = ret_case->rate;
    ret_case->life_seconds = life_seconds(builder, ret_case->netns);
    (void)snprintf(ret_case->subject, sizeof(ret_case->subject), "%s from %s", ret_case->destination, ret_case->source);
    return true;
}

bool port_case_is_fullest(const struct findings *findings, size_t row)
{
    const struct builder *builder = findings_builder(findings);
    const struct table *table = &table_port_use;
    const char *destination = builder_get_text(builder, table, row, PORT_USE_DESTINATION);
    const char *netns = builder_get_text(builder, table, row, PORT_USE_NETNS);
    double ratio = builder_get_real(builder, table, row, PORT_USE_RATIO);
    for (size_t i = 0; i < builder_row_count(builder, table); i++) {
        double other = builder_get_real(builder, table, i, PORT_USE_RATIO);
        if ((other > ratio || (other == ratio && i < row)) &&
            strcmp(builder_get_text(builder, table, i, PORT_USE_DESTINATION), destination) == 0 &&
            strcmp(builder_get_text(builder, table, i, PORT_USE_NETNS), netns) == 0)
            return false;
    }
    return true;
}

static bool holds_here(const struct builder *builder, size_t row, const struct port_case *port)
{
    const struct table *table = &table_port_users;
    return strcmp(builder_get_text(builder, table, row, PORT_USERS_SOURCE), port->source) == 0 &&
           strcmp(builder_get_text(builder, table, row, PORT_USERS_NETNS), port->netns) == 0 &&
           (!port->destination ||
            strcmp(builder_get_text(builder, table, row, PORT_USERS_DESTINATION), port->destination) == 0);
}

static bool is_somebody(const char *process)
{
    return process[0] && strcmp(process, "unknown") != 0;
}

void port_case_name_culprit(const struct findings *findings, struct port_case *port)
{
    const struct builder *builder = findings_builder(findings);
    const struct table *table = &table_port_users;
    const char *named = findings_named_process(findings, port->subject, port->netns);
    double most = 0;
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        const char *process = builder_get_text(builder, table, row, PORT_USERS_PROCESS);
        double weight = (double)builder_get_number(builder, table, row, PORT_USERS_USED);
        if (!holds_here(builder, row, port))
            continue;
        if (strcmp(process, named) == 0)
            weight /= incumbent_share;
        bool better = is_somebody(process) >= is_somebody(port->process) && weight > most;
        if (!better && !(is_somebody(process) && !is_somebody(port->process)))
            continue;
        most = weight;
        port->process = process;
        port->unit = builder_get_text(builder, table, row, PORT_USERS_UNIT);
    }
}

double port_case_turnover(const struct port_case *port)
{
    double hold = port->cliff ? port->life_seconds : 1;
    return port->usable > 0 ? port->rate * hold / (double)port->usable : 0;
}

double port_case_search_cost(const struct port_case *port)
{
    return port->cliff ? port->opens * (double)port->usable / 2 * search_seconds_per_port : 0;
}

/* "ip netns exec NAME ", so that the command can be copied as it is. */
static struct words inside(const char *netns)
{
    struct words words = {""};
    if (netns[0])
        (void)snprintf(words.text, sizeof(words.text), "ip netns exec %s ", netns);
    return words;
}

void port_case_widen(const struct findings *findings, const char *netns, struct finding *finding)
{
    uint64_t low = tuning_value_number(findings, "net.ipv4.ip_local_port_range", "low", netns, 32768);
    uint64_t high = tuning_value_number(findings, "net.ipv4.ip_local_port_range", "high", netns, 60999);
    uint64_t wide_low = low < WIDE_LOW ? low : WIDE_LOW, wide_high = high > WIDE_HIGH ? high : WIDE_HIGH;
    if (low <= WIDE_LOW && high >= WIDE_HIGH)
        return;
    text_format(&finding->remedy, "%ssysctl -w net.ipv4.ip_local_port_range=\"%u %u\"", inside(netns).text,
                (unsigned)wide_low, (unsigned)wide_high);
    text_format(&finding->undo, "%ssysctl -w net.ipv4.ip_local_port_range=\"%u %u\"", inside(netns).text, (unsigned)low,
                (unsigned)high);
    text_string(&finding->caveat, "First put the ports that servers listen on into net.ipv4.ip_local_reserved_ports, "
                                  "our " OUR_PORT " among them. For good: a line in /etc/sysctl.d/.");
}

/* What reuse would make of it: sockets that stay, and a second's worth of TIME_WAITs. */
static void say_reuse_effect(const struct port_case *port, struct finding *finding)
{
    double staying = fmax(port->demand - port_case_turnover(port), 0);
    text_format(&finding->effect, "tcp_tw_reuse=1: %s → %s", words_ratio(port->demand).text,
                words_ratio(staying + port->rate / (double)port->usable).text);
}

static void advise_reuse(const struct findings *findings, const struct port_case *port, struct finding *finding)
{
    uint64_t now = tuning_value_number(findings, "net.ipv4.tcp_tw_reuse", "", port->netns, 2);
    text_format(&finding->remedy, "%ssysctl -w net.ipv4.tcp_tw_reuse=1", inside(port->netns).text);
    text_format(&finding->undo, "%ssysctl -w net.ipv4.tcp_tw_reuse=%u", inside(port->netns).text, (unsigned)now);
    text_string(&finding->caveat,
                "Needs TCP timestamps at both ends; behind a balancer that wants them off, widen ip_local_port_range "
                "instead. Never tcp_tw_recycle; tcp_fin_timeout does not shorten TIME_WAIT. For good: a line in "
                "/etc/sysctl.d/.");
    say_reuse_effect(port, finding);
}

void port_case_advise(const struct findings *findings, const struct port_case *port, struct finding *finding)
{
    finding->subject = port->subject;
    finding->netns = port->netns;
    finding->destination = port->destination;
    finding->process = port->process;
    finding->unit = port->unit;
    text_format(&finding->cure,
                "Let %s keep and reuse its connections to %s (connection pool, keep-alive): each one that is closed "
                "here holds its port for %s.",
                words_who(port->process, port->unit).text, port->destination, words_seconds(port->life_seconds).text);
    if (port->cliff && port_case_turnover(port) > port->demand / 2)
        advise_reuse(findings, port, finding);
    else
        port_case_widen(findings, port->netns, finding);
}
