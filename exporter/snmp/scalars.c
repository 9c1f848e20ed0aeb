/* SPDX-License-Identifier: Apache-2.0
 * What no table tells yet stands at the default that the MIB states. */
#include "exporter/snmp/scalars.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "exporter/verdict.h"
#include "snapshot/tables/agent.h"
#include "snapshot/tables/collectors.h"
#include "snapshot/tables/findings.h"
#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/port_use.h"
#include "version.h"

#define NO_ROW SIZE_MAX

/* The row with the greatest value in a column; NO_ROW where no row has one. */
static size_t greatest_row(const struct snapshot *snapshot, const struct table *table, unsigned column)
{
    size_t greatest = NO_ROW, count = snapshot ? snapshot_row_count(snapshot, table) : 0;
    for (size_t i = 0; i < count; i++)
        if (snapshot_has(snapshot, table, i, column) &&
            (greatest == NO_ROW ||
             snapshot_real(snapshot, table, i, column) > snapshot_real(snapshot, table, greatest, column)))
            greatest = i;
    return greatest;
}

/* The greatest value of a column times scale; 0 where there is none. */
static void set_greatest(const struct snapshot *snapshot, const struct table *table, unsigned column, double scale,
                         struct value *ret_value)
{
    size_t row = greatest_row(snapshot, table, column);
    double greatest = row == NO_ROW ? 0 : snapshot_real(snapshot, table, row, column);
    if (!value_set_scaled(ret_value, greatest, scale))
        value_set_unsigned(ret_value, 0);
}

static void version(const struct snapshot *snapshot, struct value *ret_value)
{
    (void)snapshot;
    value_set_text(ret_value, CHOKEPOINT_VERSION);
}

static void start_time(const struct snapshot *snapshot, struct value *ret_value)
{
    size_t row = greatest_row(snapshot, &table_agent, AGENT_START_TIME);
    value_set_time(ret_value, row == NO_ROW ? 0 : snapshot_real(snapshot, &table_agent, row, AGENT_START_TIME));
}

static void sample_sequence(const struct snapshot *snapshot, struct value *ret_value)
{
    ret_value->type = VALUE_COUNTER64;
    ret_value->number = snapshot ? snapshot_sequence(snapshot) : 0;
}

static void sample_time(const struct snapshot *snapshot, struct value *ret_value)
{
    value_set_time(ret_value, snapshot ? (double)snapshot_wall_time(snapshot) / (double)CLOCK_SECOND : 0);
}

static void status(const struct snapshot *snapshot, struct value *ret_value)
{
    ret_value->type = VALUE_INTEGER;
    ret_value->number = snapshot ? verdict_status(snapshot) : VERDICT_UNKNOWN;
}

static void summary(const struct snapshot *snapshot, struct value *ret_value)
{
    struct text text = TEXT_EMPTY;
    if (snapshot)
        verdict_summary(snapshot, &text);
    else
        text_string(&text, "No sample has been taken yet.");
    value_set_text(ret_value, text_value(&text));
    text_free(&text);
}

static void warnings(const struct snapshot *snapshot, struct value *ret_value)
{
    value_set_unsigned(ret_value, snapshot ? verdict_count(snapshot, FINDING_SEVERITY_WARNING) : 0);
}

static void criticals(const struct snapshot *snapshot, struct value *ret_value)
{
    value_set_unsigned(ret_value, snapshot ? verdict_count(snapshot, FINDING_SEVERITY_CRITICAL) : 0);
}

static void mail_source_ratio(const struct snapshot *snapshot, struct value *ret_value)
{
    set_greatest(snapshot, &table_mail_connections, MAIL_CONNECTIONS_RATIO, 10000, ret_value);
}

/* The shortest of all: not that of the destination with the greatest use, which may have levelled off. */
static void worst_port_seconds_left(const struct snapshot *snapshot, struct value *ret_value)
{
    double left = INFINITY;
    size_t count = snapshot ? snapshot_row_count(snapshot, &table_port_use) : 0;
    for (size_t i = 0; i < count; i++)
        if (snapshot_has(snapshot, &table_port_use, i, PORT_USE_EXHAUSTION))
            left = fmin(left, snapshot_real(snapshot, &table_port_use, i, PORT_USE_EXHAUSTION));
    if (!value_set_scaled(ret_value, left, 1000))
        value_set_unsigned(ret_value, 0);
}

static void pool_use(const struct snapshot *snapshot, struct value *ret_value)
{
    set_greatest(snapshot, &table_port_pools, PORT_POOLS_RATIO, 10000, ret_value);
}

static void worst_port_use(const struct snapshot *snapshot, struct value *ret_value)
{
    set_greatest(snapshot, &table_port_use, PORT_USE_RATIO, 10000, ret_value);
}

static void worst_port_destination(const struct snapshot *snapshot, struct value *ret_value)
{
    size_t row = greatest_row(snapshot, &table_port_use, PORT_USE_RATIO);
    value_set_text(ret_value, row == NO_ROW ? "" : snapshot_text(snapshot, &table_port_use, row, PORT_USE_DESTINATION));
}

static bool same_text(const struct snapshot *snapshot, size_t use, unsigned use_column, size_t user,
                      unsigned user_column)
{
    return strcmp(snapshot_text(snapshot, &table_port_use, use, use_column),
                  snapshot_text(snapshot, &table_port_users, user, user_column)) == 0;
}

static void worst_port_owner(const struct snapshot *snapshot, struct value *ret_value)
{
    size_t use = greatest_row(snapshot, &table_port_use, PORT_USE_RATIO), owner = NO_ROW;
    size_t count = use == NO_ROW ? 0 : snapshot_row_count(snapshot, &table_port_users);
    uint64_t most = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t used = snapshot_number(snapshot, &table_port_users, i, PORT_USERS_USED);
        if (used > most && same_text(snapshot, use, PORT_USE_SOURCE, i, PORT_USERS_SOURCE) &&
            same_text(snapshot, use, PORT_USE_DESTINATION, i, PORT_USERS_DESTINATION) &&
            same_text(snapshot, use, PORT_USE_NETNS, i, PORT_USERS_NETNS)) {
            owner = i;
            most = used;
        }
    }
    value_set_text(ret_value,
                   owner == NO_ROW ? "" : snapshot_text(snapshot, &table_port_users, owner, PORT_USERS_PROCESS));
}

static void mail_oldest_age(const struct snapshot *snapshot, struct value *ret_value)
{
    set_greatest(snapshot, &table_mail_queues, MAIL_QUEUES_OLDEST_AGE, 1000, ret_value);
}

static void collectors_failed(const struct snapshot *snapshot, struct value *ret_value)
{
    uint64_t failed = 0;
    size_t count = snapshot ? snapshot_row_count(snapshot, &table_collectors) : 0;
    for (size_t i = 0; i < count; i++)
        failed += snapshot_number(snapshot, &table_collectors, i, COLLECTORS_SUCCESS) == 0;
    value_set_unsigned(ret_value, failed);
}

void scalars_value(const struct snapshot *snapshot, unsigned number, struct value *ret_value)
{
    static void (*const functions[SCALARS_COUNT])(const struct snapshot *, struct value *) = {
        version,
        start_time,
        sample_sequence,
        sample_time,
        status,
        summary,
        warnings,
        criticals,
        worst_port_use,
        worst_port_destination,
        worst_port_owner,
        worst_port_seconds_left,
        pool_use,
        mail_oldest_age,
        mail_source_ratio,
        collectors_failed,
    };
    functions[number - 1](snapshot, ret_value);
}
