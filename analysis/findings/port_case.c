/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/port_case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/findings/remedies.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/port_use.h"

/* The search for a free port costs so much for each port it looks at (docs/decisions/0008). */
static const double search_seconds_per_port = 0.2e-6;

/* Whoever was named stays named with this share of the greatest holder's ports. */
static const double incumbent_share = 2.0 / 3;

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
    ret_case->hold_seconds = real_at(builder, row, PORT_USE_HOLD, ret_case->cliff ? ret_case->life_seconds : 1);
    (void)snprintf(ret_case->subject, sizeof(ret_case->subject), "%s from %s", ret_case->destination, ret_case->source);
    return true;
}

static bool is_source(const char *source, const struct port_case *port)
{
    if (strcmp(port->source, "*") == 0)
        return (strchr(source, ':') != NULL) == port->v6;
    return strcmp(source, port->source) == 0;
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
    return is_source(builder_get_text(builder, table, row, PORT_USERS_SOURCE), port) &&
           strcmp(builder_get_text(builder, table, row, PORT_USERS_NETNS), port->netns) == 0 &&
           (!port->destination ||
            strcmp(builder_get_text(builder, table, row, PORT_USERS_DESTINATION), port->destination) == 0);
}

static bool is_somebody(const char *process)
{
    return process[0] && strcmp(process, "unknown") != 0;
}

/* Where what was estimated tells the program but not which of its instances, the instance that surely holds most. */
static void name_instance(const struct builder *builder, struct port_case *port)
{
    const struct table *table = &table_port_users;
    uint64_t most = 0;
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        const char *unit = builder_get_text(builder, table, row, PORT_USERS_UNIT);
        uint64_t used = builder_get_number(builder, table, row, PORT_USERS_USED);
        if (!unit[0] || used <= most || !holds_here(builder, row, port) ||
            strcmp(builder_get_text(builder, table, row, PORT_USERS_PROCESS), port->process) != 0)
            continue;
        most = used;
        port->unit = unit;
    }
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
    if (is_somebody(port->process) && !port->unit[0])
        name_instance(builder, port);
}

double port_case_turnover(const struct port_case *port)
{
    return port->usable > 0 ? port->rate * port->hold_seconds / (double)port->usable : 0;
}

double port_case_search_cost(const struct port_case *port)
{
    return port->cliff ? port->opens * (double)port->usable / 2 * search_seconds_per_port : 0;
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
    const struct remedies *remedies = remedies_of(findings);
    if (port->hold_seconds > 1 && port_case_turnover(port) > port->demand / 2)
        remedies->free_ports_sooner(findings, port, finding);
    else
        remedies->widen_ports(findings, port->netns, finding);
}
