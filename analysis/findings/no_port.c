/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/no_port.h"

#include <string.h>

#include "snapshot/tables/system_events.h"
#include "snapshot/tables/tcp_events.h"

static const struct table *const table = &table_tcp_connects;

/* The total of a counter over all processes that connect to the destination. */
static double total(const struct builder *builder, unsigned column, const char *destination, const char *netns)
{
    double sum = 0;
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (builder_has(builder, table, row, column) &&
            strcmp(builder_get_text(builder, table, row, TCP_CONNECTS_DESTINATION), destination) == 0 &&
            strcmp(builder_get_text(builder, table, row, TCP_CONNECTS_NETNS), netns) == 0)
            sum += (double)builder_get_number(builder, table, row, column);
    return sum;
}

/* What Windows logs when it finds no free port for a connection, of whichever program. */
static double logged(const struct builder *builder)
{
    static const char provider[] = "Tcpip", no_port[] = "4231";
    double sum = 0;
    for (size_t row = 0; row < builder_row_count(builder, &table_system_events); row++)
        if (strcmp(builder_get_text(builder, &table_system_events, row, SYSTEM_EVENTS_PROVIDER), provider) == 0 &&
            strcmp(builder_get_text(builder, &table_system_events, row, SYSTEM_EVENTS_ID), no_port) == 0)
            sum += (double)builder_get_number(builder, &table_system_events, row, SYSTEM_EVENTS_EVENTS);
    return sum;
}

double no_port_failures(struct findings *findings, const char *destination, const char *netns)
{
    const struct builder *builder = findings_builder(findings);
    if (builder_row_count(builder, &table_system_events) > 0 && strcmp(destination, NO_PORT_BIND) == 0)
        return findings_growth(findings, destination, netns, "logged", logged(builder));
    if (builder_row_count(builder, table) == 0)
        return 0; /* no events: nothing to remember for each destination */
    return findings_growth(findings, destination, netns, "no_port",
                           total(findings_builder(findings), TCP_CONNECTS_FAILURES, destination, netns));
}

double no_port_connects_per_second(struct findings *findings, const char *destination, const char *netns)
{
    double begun = findings_growth(findings, destination, netns, "begun",
                                   total(findings_builder(findings), TCP_CONNECTS_BEGUN, destination, netns));
    double elapsed = findings_elapsed(findings);
    return elapsed > 0 ? begun / elapsed : 0;
}
