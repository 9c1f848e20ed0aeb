/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/arrivals.h"

#include <string.h>

#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/system_events.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"

/* A client that was refused waits before it tries again, and an event log is read now and then. */
static const double lately_seconds = 30;

static const struct table *const connections = &table_mail_connections;

static double host_accepts(const struct builder *builder)
{
    double accepts = 0;
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_counters); row++)
        if (*builder_get_text(builder, &table_tcp_counters, row, TCP_COUNTERS_NETNS) == '\0')
            accepts += (double)builder_get_number(builder, &table_tcp_counters, row, TCP_COUNTERS_PASSIVE_OPENS);
    return accepts;
}

/* How many of the connections that the host accepted stand. */
static double host_stands(const struct builder *builder)
{
    const struct table *table = &table_tcp_sockets;
    double stands = 0;
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        uint64_t state = builder_get_number(builder, table, row, TCP_SOCKETS_STATE);
        if (*builder_get_text(builder, table, row, TCP_SOCKETS_NETNS) == '\0' &&
            builder_get_number(builder, table, row, TCP_SOCKETS_ROLE) == TCP_ROLE_INBOUND &&
            (state == TCP_STATE_ESTABLISHED || state == TCP_STATE_CLOSE_WAIT))
            stands += (double)builder_get_number(builder, table, row, TCP_SOCKETS_SOCKETS);
    }
    return stands;
}

/* Event 1021: a receive connector refused a connection, its source has as many as it may have. */
static double exchange_refusals(const struct builder *builder)
{
    const struct table *table = &table_system_events;
    double refusals = 0;
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (strcmp(builder_get_text(builder, table, row, SYSTEM_EVENTS_PROVIDER), "MSExchangeTransport") == 0 &&
            strcmp(builder_get_text(builder, table, row, SYSTEM_EVENTS_ID), "1021") == 0)
            refusals += (double)builder_get_number(builder, table, row, SYSTEM_EVENTS_EVENTS);
    return refusals;
}

struct arrivals arrivals_begin(struct findings *findings)
{
    const struct builder *builder = findings_builder(findings);
    bool refused = findings_growth(findings, "", NULL, "refusals", exchange_refusals(builder)) > 0;
    return (struct arrivals){
        .findings = findings,
        .came_and_went = findings_growth(findings, "", NULL, "accepts", host_accepts(builder)) >
                         findings_growth(findings, "", NULL, "stands", host_stands(builder)),
        .exchange_refused = findings_seconds_since(findings, "", NULL, "refused", refused) <= lately_seconds,
    };
}

static bool is_same(const struct builder *builder, size_t row, const struct table *table, size_t other,
                    const unsigned pairs[][2], unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(builder_get_text(builder, connections, row, pairs[i][0]),
                   builder_get_text(builder, table, other, pairs[i][1])) != 0)
            return false;
    return true;
}

/* Whether connections of the row's service wait to be accepted. */
static bool are_waiting(const struct builder *builder, size_t row)
{
    static const unsigned pairs[][2] = {{MAIL_CONNECTIONS_SERVER, MAIL_SERVER_CONNECTIONS_SERVER},
                                        {MAIL_CONNECTIONS_SCOPE, MAIL_SERVER_CONNECTIONS_SCOPE}};
    const struct table *services = &table_mail_server_connections;
    for (size_t i = 0; i < builder_row_count(builder, services); i++)
        if (builder_get_number(builder, services, i, MAIL_SERVER_CONNECTIONS_WAITING) > 0 &&
            is_same(builder, row, services, i, pairs, 2))
            return true;
    return false;
}

/* The row of mail_arrivals, or their number where there is none. */
static size_t find_arrivals(const struct builder *builder, size_t row)
{
    static const unsigned pairs[][2] = {{MAIL_CONNECTIONS_PEER, MAIL_ARRIVALS_PEER},
                                        {MAIL_CONNECTIONS_SCOPE, MAIL_ARRIVALS_SCOPE},
                                        {MAIL_CONNECTIONS_SERVER, MAIL_ARRIVALS_SERVER}};
    size_t i = 0, count = builder_row_count(builder, &table_mail_arrivals);
    while (i < count && !is_same(builder, row, &table_mail_arrivals, i, pairs, 3))
        i++;
    return i;
}

/* Whether the source was there in the sample before, however few connections it had. */
static bool was_there(const struct builder *builder, size_t row)
{
    static const unsigned keys[] = {MAIL_CONNECTIONS_PEER, MAIL_CONNECTIONS_SCOPE, MAIL_CONNECTIONS_SERVER};
    const struct snapshot *previous = builder_previous(builder);
    size_t count = previous ? snapshot_row_count(previous, connections) : 0;
    for (size_t i = 0; i < count; i++) {
        bool same = true;
        for (size_t j = 0; j < sizeof(keys) / sizeof(keys[0]) && same; j++)
            same = strcmp(snapshot_text(previous, connections, i, keys[j]),
                          builder_get_text(builder, connections, row, keys[j])) == 0;
        if (same)
            return true;
    }
    return false;
}

/* Growth of what is followed only while the source is near its limit: all of it is new where the source is. */
static double grown(struct findings *findings, bool is_new, const char *subject, const char *name, double value)
{
    return is_new ? findings_growth_of_new(findings, subject, NULL, name, value)
                  : findings_growth(findings, subject, NULL, name, value);
}

/* How many more of the source's connections stand than before: those were let in. One that is being refused may be
 * counted, too, but not beyond the limit. */
static double let_in(struct findings *findings, size_t row, bool is_new, const char *subject)
{
    const struct builder *builder = findings_builder(findings);
    double standing = builder_get_real(builder, connections, row, MAIL_CONNECTIONS_CONNECTIONS);
    double limit = builder_get_real(builder, connections, row, MAIL_CONNECTIONS_LIMIT);
    return grown(findings, is_new, subject, "standing", standing < limit ? standing : limit);
}

bool arrivals_more(const struct arrivals *arrivals, size_t row, const char *subject, bool full, double *ret_came)
{
    const struct builder *builder = findings_builder(arrivals->findings);
    const struct table *table = &table_mail_arrivals;
    size_t its = find_arrivals(builder, row);
    bool known = its < builder_row_count(builder, table), is_new = !was_there(builder, row), more = false;
    double stay = let_in(arrivals->findings, row, is_new, subject);
    *ret_came = 0;
    if (known && builder_has(builder, table, its, MAIL_ARRIVALS_ACCEPTED)) {
        *ret_came = grown(arrivals->findings, is_new, subject, "came",
                          (double)builder_get_number(builder, table, its, MAIL_ARRIVALS_ACCEPTED));
        more = *ret_came > stay;
    } else if (known) {
        more = arrivals->came_and_went && (builder_get_number(builder, table, its, MAIL_ARRIVALS_PASSING) > 0 ||
                                           builder_get_number(builder, table, its, MAIL_ARRIVALS_ALONE) != 0);
    }
    more = more && full;
    bool lately = findings_seconds_since(arrivals->findings, subject, NULL, "arrived", more) <= lately_seconds;
    return lately || are_waiting(builder, row);
}

bool arrivals_refused(const struct arrivals *arrivals, size_t row)
{
    const struct builder *builder = findings_builder(arrivals->findings);
    return arrivals->exchange_refused &&
           builder_get_number(builder, connections, row, MAIL_CONNECTIONS_MTA) == MAIL_EXCHANGE;
}
