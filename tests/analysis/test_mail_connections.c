/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/analyse.h"
#include "analysis/mail_connections.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"
#include "tests/snapshot/sample.h"

/* One connector of an Exchange server, or a service of another mail server. */
struct service {
    enum mail_mta mta;
    const char *scope;
    const char *address;
    unsigned port;
    const char *first, *last; /* of the peers that it is for; NULL: every peer */
    double total, per_source, percent;
};

static void put_limit(struct builder *builder, const struct service *service, enum mail_limit limit, const char *native,
                      double value)
{
    if (isnan(value))
        return;
    builder_row(builder, &table_mail_limits);
    builder_number(builder, MAIL_LIMITS_MTA, service->mta);
    builder_text(builder, MAIL_LIMITS_SERVER, "ex1");
    builder_text(builder, MAIL_LIMITS_SCOPE, service->scope);
    builder_number(builder, MAIL_LIMITS_LIMIT, limit);
    builder_text(builder, MAIL_LIMITS_NATIVE, native);
    builder_real(builder, MAIL_LIMITS_VALUE, value);
}

static void put_range(struct builder *builder, const struct service *service, enum mail_range kind, const char *first,
                      const char *last, bool negated)
{
    builder_row(builder, &table_mail_ranges);
    builder_number(builder, MAIL_RANGES_MTA, service->mta);
    builder_text(builder, MAIL_RANGES_SERVER, "ex1");
    builder_text(builder, MAIL_RANGES_SCOPE, service->scope);
    builder_number(builder, MAIL_RANGES_KIND, kind);
    builder_text(builder, MAIL_RANGES_FIRST, first);
    builder_text(builder, MAIL_RANGES_LAST, last);
    builder_number(builder, MAIL_RANGES_NEGATED, negated);
}

static void put_service(struct builder *builder, const struct service *service)
{
    builder_row(builder, &table_mail_services);
    builder_number(builder, MAIL_SERVICES_MTA, service->mta);
    builder_text(builder, MAIL_SERVICES_SERVER, "ex1");
    builder_text(builder, MAIL_SERVICES_SCOPE, service->scope);
    builder_number(builder, MAIL_SERVICES_ROLE, TCP_ROLE_INBOUND);
    builder_text(builder, MAIL_SERVICES_ADDRESS, service->address);
    builder_number(builder, MAIL_SERVICES_PORT, service->port);
    if (service->first)
        put_range(builder, service, MAIL_RANGE_REMOTE, service->first, service->last, false);
    put_limit(builder, service, MAIL_LIMIT_INBOUND_CONNECTIONS, "MaxInboundConnection", service->total);
    put_limit(builder, service, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, "MaxInboundConnectionPerSource",
              service->per_source);
    put_limit(builder, service, MAIL_LIMIT_INBOUND_CONNECTIONS_PERCENT_PER_SOURCE,
              "MaxInboundConnectionPercentagePerSource", service->percent);
}

static void put_transport(struct builder *builder, const char *server, const char *scope, const char *process)
{
    const struct service service = {.mta = MAIL_POSTFIX, .scope = scope};
    builder_row(builder, &table_mail_services);
    builder_number(builder, MAIL_SERVICES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVICES_SERVER, server);
    builder_text(builder, MAIL_SERVICES_SCOPE, scope);
    builder_number(builder, MAIL_SERVICES_ROLE, TCP_ROLE_OUTBOUND);
    builder_text(builder, MAIL_SERVICES_PROCESS, process);
    put_limit(builder, &service, MAIL_LIMIT_OUTBOUND_CONNECTIONS, "process_limit", 100);
    put_limit(builder, &service, MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, "smtp_destination_concurrency_limit", 20);
}

static void put_peers(struct builder *builder, enum tcp_role role, const char *process, unsigned port, const char *peer,
                      unsigned connections)
{
    builder_row(builder, &table_tcp_mail_peers);
    builder_text(builder, TCP_MAIL_PEERS_PROCESS, process);
    builder_number(builder, TCP_MAIL_PEERS_ROLE, role);
    builder_text(builder, TCP_MAIL_PEERS_LOCAL, "192.0.2.25");
    builder_number(builder, TCP_MAIL_PEERS_PORT, port);
    builder_text(builder, TCP_MAIL_PEERS_PEER, peer);
    builder_text(builder, TCP_MAIL_PEERS_NETNS, "");
    builder_number(builder, TCP_MAIL_PEERS_CONNECTIONS, connections);
}

static void put_inbound(struct builder *builder, const char *peer, unsigned connections)
{
    put_peers(builder, TCP_ROLE_INBOUND, "EdgeTransport", 25, peer, connections);
}

static void put_waiting(struct builder *builder, const char *address, unsigned port, unsigned queue)
{
    builder_row(builder, &table_listeners);
    builder_text(builder, LISTENERS_ADDRESS, address);
    builder_number(builder, LISTENERS_PORT, port);
    builder_text(builder, LISTENERS_NETNS, "");
    builder_number(builder, LISTENERS_QUEUE, queue);
}

static struct snapshot *finish(struct builder *builder, struct snapshot *previous)
{
    analyse(builder);
    return sample_end(builder, previous);
}

static long find(const struct snapshot *snapshot, const char *scope, const char *peer)
{
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_mail_connections); i++)
        if (strcmp(snapshot_text(snapshot, &table_mail_connections, i, MAIL_CONNECTIONS_SCOPE), scope) == 0 &&
            strcmp(snapshot_text(snapshot, &table_mail_connections, i, MAIL_CONNECTIONS_PEER), peer) == 0)
            return (long)i;
    return -1;
}

static double peer_value(const struct snapshot *snapshot, const char *scope, const char *peer, unsigned column)
{
    long row = find(snapshot, scope, peer);
    assert_true(row >= 0);
    assert_true(snapshot_has(snapshot, &table_mail_connections, (size_t)row, column));
    return snapshot_real(snapshot, &table_mail_connections, (size_t)row, column);
}

static const char *peer_text(const struct snapshot *snapshot, const char *scope, const char *peer, unsigned column)
{
    long row = find(snapshot, scope, peer);
    assert_true(row >= 0);
    return snapshot_text(snapshot, &table_mail_connections, (size_t)row, column);
}

static double total_value(const struct snapshot *snapshot, const char *scope, unsigned column)
{
    const struct table *table = &table_mail_server_connections;
    long row = sample_find(snapshot, table, MAIL_SERVER_CONNECTIONS_SCOPE, scope);
    assert_true(row >= 0);
    assert_true(snapshot_has(snapshot, table, (size_t)row, column));
    return snapshot_real(snapshot, table, (size_t)row, column);
}

static void the_limit_of_a_source_is_the_smaller_term(void **state)
{
    (void)state;
    static const struct {
        double per_source, percent, total, active, limit;
        bool by_percent;
    } cases[] = {
        {100, 2, 5000, 0, 100, false}, /* 2 % of 5,000 is 100 as well */
        {100, 2, 5000, 2700, 46, true},       {INFINITY, 100, 5000, 2700, 2300, true},
        {20, 2, 5000, 0, 20, false},          {20, 2, 5000, 5000, 0, true},
        {20, 2, 5000, 6000, 0, true}, /* lowered below what is taken */
        {100, 2, INFINITY, 2700, 100, false}, {INFINITY, INFINITY, 5000, 0, INFINITY, false},
        {50, NAN, 100, 10, 50, false},        {NAN, 2, 5000, 0, 100, true},
        {NAN, NAN, 5000, 0, NAN, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool by_percent;
        double limit = mail_connections_source_limit(cases[i].per_source, cases[i].percent, cases[i].total,
                                                     cases[i].active, &by_percent);
        assert_true(limit == cases[i].limit || (isnan(limit) && isnan(cases[i].limit)));
        assert_int_equal(by_percent, cases[i].by_percent);
    }
}

static const struct service default_connector = {.mta = MAIL_EXCHANGE,
                                                 .scope = "receive_connector:Default EX1",
                                                 .address = "*",
                                                 .port = 25,
                                                 .first = "0.0.0.0",
                                                 .last = "255.255.255.255",
                                                 .total = 5000,
                                                 .per_source = 100,
                                                 .percent = 2};

/* SCENARIOS: a gateway in front is one source; at 2,700 active it may have 46. */
static void a_gateway_is_throttled_by_what_remains(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_service(builder, &default_connector);
    put_inbound(builder, "10.0.0.5", 46);
    for (unsigned i = 0; i < 4; i++) {
        char peer[20];
        snprintf(peer, sizeof(peer), "198.51.100.%u", i);
        put_inbound(builder, peer, i == 0 ? 2600 : 18);
    }
    struct snapshot *snapshot = finish(builder, NULL);
    const char *scope = default_connector.scope;
    assert_true(total_value(snapshot, scope, MAIL_SERVER_CONNECTIONS_CONNECTIONS) == 2700);
    assert_true(total_value(snapshot, scope, MAIL_SERVER_CONNECTIONS_RATIO) == 0.54);
    assert_true(peer_value(snapshot, scope, "10.0.0.5", MAIL_CONNECTIONS_LIMIT) == 46);
    assert_true(peer_value(snapshot, scope, "10.0.0.5", MAIL_CONNECTIONS_RATIO) == 1);
    assert_string_equal(peer_text(snapshot, scope, "10.0.0.5", MAIL_CONNECTIONS_NATIVE),
                        "MaxInboundConnectionPercentagePerSource");
    assert_non_null(strstr(peer_text(snapshot, scope, "10.0.0.5", MAIL_CONNECTIONS_VERDICT), "at this limit"));
    snapshot_release(snapshot);
}

/* The reader who was throttled although 2,300 connections remained for the next source. */
static void the_verdict_can_say_not_this_limit(void **state)
{
    (void)state;
    struct service connector = default_connector;
    connector.per_source = INFINITY;
    connector.percent = 100;
    struct builder *builder = sample_begin(NULL, 0);
    put_service(builder, &connector);
    put_inbound(builder, "10.0.0.5", 200);
    put_inbound(builder, "198.51.100.1", 2500);
    struct snapshot *snapshot = finish(builder, NULL);
    const char *scope = connector.scope;
    assert_true(peer_value(snapshot, scope, "10.0.0.5", MAIL_CONNECTIONS_LIMIT) == 2300);
    assert_true(peer_value(snapshot, scope, "10.0.0.5", MAIL_CONNECTIONS_RATIO) < 0.1);
    const char *verdict = peer_text(snapshot, scope, "10.0.0.5", MAIL_CONNECTIONS_VERDICT);
    assert_non_null(strstr(verdict, "not this limit"));
    assert_non_null(strstr(verdict, "54 % of the total of 5000"));
    assert_non_null(strstr(verdict, "rate per minute"));
    assert_non_null(strstr(verdict, "back pressure"));
    snapshot_release(snapshot);
}

static void connectors_are_chosen_by_binding_then_by_remote_range(void **state)
{
    (void)state;
    struct service inner = default_connector, bound = default_connector, submission = default_connector;
    inner.scope = "receive_connector:Gateway";
    inner.first = inner.last = "10.0.0.5";
    inner.per_source = 1000;
    inner.percent = 20;
    bound.scope = "receive_connector:Bound";
    bound.address = "192.0.2.26";
    submission.scope = "receive_connector:Client";
    submission.port = 587;
    struct builder *builder = sample_begin(NULL, 0);
    put_service(builder, &default_connector);
    put_service(builder, &inner);
    put_service(builder, &bound);
    put_service(builder, &submission);
    put_inbound(builder, "10.0.0.5", 300);
    put_inbound(builder, "10.0.0.6", 10);
    put_inbound(builder, "other", 7);
    put_peers(builder, TCP_ROLE_INBOUND, "", 587, "10.0.0.5", 3);
    put_waiting(builder, "*", 25, 9);
    struct snapshot *snapshot = finish(builder, NULL);
    assert_true(peer_value(snapshot, inner.scope, "10.0.0.5", MAIL_CONNECTIONS_LIMIT) == 940); /* 20 % of 4,700 */
    assert_true(peer_value(snapshot, default_connector.scope, "10.0.0.6", MAIL_CONNECTIONS_CONNECTIONS) == 10);
    assert_true(peer_value(snapshot, default_connector.scope, "other", MAIL_CONNECTIONS_CONNECTIONS) == 7);
    assert_true(peer_value(snapshot, submission.scope, "10.0.0.5", MAIL_CONNECTIONS_CONNECTIONS) == 3);
    assert_true(total_value(snapshot, default_connector.scope, MAIL_SERVER_CONNECTIONS_CONNECTIONS) == 17);
    assert_true(total_value(snapshot, default_connector.scope, MAIL_SERVER_CONNECTIONS_WAITING) == 9);
    assert_true(total_value(snapshot, bound.scope, MAIL_SERVER_CONNECTIONS_CONNECTIONS) == 0);
    snapshot_release(snapshot);

    builder = sample_begin(NULL, 0);
    bound.address = "192.0.2.25";
    bound.first = NULL;
    put_service(builder, &inner);
    put_service(builder, &bound);
    put_inbound(builder, "10.0.0.5", 300);
    snapshot = finish(builder, NULL);
    assert_true(peer_value(snapshot, bound.scope, "10.0.0.5", MAIL_CONNECTIONS_CONNECTIONS) == 300);
    snapshot_release(snapshot);
}

static void exempt_peers_have_no_limit(void **state)
{
    (void)state;
    const struct service smtpd = {.mta = MAIL_POSTFIX,
                                  .scope = "smtpd:25",
                                  .address = "*",
                                  .port = 25,
                                  .total = 100,
                                  .per_source = 50,
                                  .percent = NAN};
    struct builder *builder = sample_begin(NULL, 0);
    put_service(builder, &smtpd);
    put_range(builder, &smtpd, MAIL_RANGE_EXEMPT, "10.0.0.9", "10.0.0.9", true);
    put_range(builder, &smtpd, MAIL_RANGE_EXEMPT, "10.0.0.0", "10.0.0.255", false);
    put_service(builder, &default_connector); /* told by a file from elsewhere: the local server goes first */
    put_inbound(builder, "10.0.0.5", 60);
    put_inbound(builder, "10.0.0.9", 50);
    put_inbound(builder, "10.0.1.5", 10);
    struct snapshot *snapshot = finish(builder, NULL);
    assert_true(isinf(peer_value(snapshot, "smtpd:25", "10.0.0.5", MAIL_CONNECTIONS_LIMIT)));
    assert_true(peer_value(snapshot, "smtpd:25", "10.0.0.5", MAIL_CONNECTIONS_RATIO) == 0);
    assert_string_equal(peer_text(snapshot, "smtpd:25", "10.0.0.5", MAIL_CONNECTIONS_NATIVE), "exempt");
    assert_true(peer_value(snapshot, "smtpd:25", "10.0.0.9", MAIL_CONNECTIONS_RATIO) == 1);
    assert_true(peer_value(snapshot, "smtpd:25", "10.0.1.5", MAIL_CONNECTIONS_RATIO) == 0.2);
    assert_true(total_value(snapshot, "smtpd:25", MAIL_SERVER_CONNECTIONS_RATIO) == 1.2);
    snapshot_release(snapshot);
}

static void ports_that_nobody_is_known_to_serve_have_rows_without_a_limit(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_inbound(builder, "10.0.0.5", 12);
    put_peers(builder, TCP_ROLE_OUTBOUND, "relay", 25, "10.0.0.7", 4);
    struct snapshot *snapshot = finish(builder, NULL);
    long row = find(snapshot, "port:25", "10.0.0.5");
    assert_true(row >= 0);
    assert_false(snapshot_has(snapshot, &table_mail_connections, (size_t)row, MAIL_CONNECTIONS_MTA));
    assert_false(snapshot_has(snapshot, &table_mail_connections, (size_t)row, MAIL_CONNECTIONS_LIMIT));
    assert_true(peer_value(snapshot, "port:25", "10.0.0.7", MAIL_CONNECTIONS_CONNECTIONS) == 4);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_server_connections), 2);
    snapshot_release(snapshot);
}

static void put_sockets(struct builder *builder, unsigned port, enum tcp_state state, const char *netns,
                        unsigned sockets)
{
    builder_row(builder, &table_tcp_sockets);
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_INBOUND);
    builder_number(builder, TCP_SOCKETS_PORT, port);
    builder_number(builder, TCP_SOCKETS_STATE, state);
    builder_text(builder, TCP_SOCKETS_NETNS, netns);
    builder_number(builder, TCP_SOCKETS_SOCKETS, sockets);
}

/* What tells of more connections than those that stay: of the peer where events count, of its ports where they do not.
 */
static void expect_arrivals(unsigned i)
{
    const struct table *table = &table_mail_arrivals;
    struct builder *builder = sample_begin(NULL, 0);
    put_service(builder, &default_connector);
    put_inbound(builder, "10.0.0.5", 46);
    builder_number(builder, TCP_MAIL_PEERS_ACCEPTED, 900);
    put_inbound(builder, "10.0.0.6", 2);
    put_inbound(builder, "other", 2);
    put_peers(builder, TCP_ROLE_OUTBOUND, "smtp", 25, "10.0.0.7", 3);
    put_sockets(builder, 25, TCP_STATE_ESTABLISHED, "", 50);
    put_sockets(builder, 25, TCP_STATE_TIME_WAIT, "", 3);
    put_sockets(builder, 25, TCP_STATE_FIN_WAIT1, "", 4);
    put_sockets(builder, 25, TCP_STATE_TIME_WAIT, "elsewhere", 100);
    put_sockets(builder, 22, TCP_STATE_ESTABLISHED, "", 49);
    if (i > 0)
        put_sockets(builder, 80, i == 1 ? TCP_STATE_CLOSE_WAIT : TCP_STATE_SYN_RECV, "", 1);
    analyse(builder);
    assert_int_equal(builder_row_count(builder, table), 2);
    assert_string_equal(builder_get_text(builder, table, 0, MAIL_ARRIVALS_PEER), "10.0.0.5");
    assert_string_equal(builder_get_text(builder, table, 0, MAIL_ARRIVALS_SERVER), "ex1");
    assert_string_equal(builder_get_text(builder, table, 0, MAIL_ARRIVALS_SCOPE), default_connector.scope);
    assert_int_equal(builder_get_number(builder, table, 0, MAIL_ARRIVALS_ACCEPTED), 900);
    assert_int_equal(builder_get_number(builder, table, 0, MAIL_ARRIVALS_PASSING), 7);
    assert_int_equal(builder_get_number(builder, table, 0, MAIL_ARRIVALS_ALONE), i == 0);
    assert_false(builder_has(builder, table, 1, MAIL_ARRIVALS_ACCEPTED));
    assert_int_equal(builder_get_number(builder, table, 1, MAIL_ARRIVALS_PASSING), 7);
    builder_free(builder);
}

/* Other ports are quiet; as many connections live there; one passes there. */
static void arrivals_are_the_peers_or_its_ports(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        expect_arrivals(i);
}

static void outbound_connections_belong_to_the_process_that_makes_them(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_transport(builder, "main", "smtp", "smtp");
    put_transport(builder, "main", "relay", "smtp");
    put_peers(builder, TCP_ROLE_OUTBOUND, "smtp", 25, "10.0.0.5", 20);
    put_peers(builder, TCP_ROLE_OUTBOUND, "unknown", 25, "10.0.0.6", 2);
    put_peers(builder, TCP_ROLE_OUTBOUND, "smtp-source", 25, "10.0.0.7", 3);
    struct snapshot *snapshot = finish(builder, NULL);
    assert_true(peer_value(snapshot, "smtp", "10.0.0.5", MAIL_CONNECTIONS_CONNECTIONS) == 20);
    assert_true(peer_value(snapshot, "smtp", "10.0.0.6", MAIL_CONNECTIONS_CONNECTIONS) == 2);
    assert_true(peer_value(snapshot, "port:25", "10.0.0.7", MAIL_CONNECTIONS_CONNECTIONS) == 3);
    snapshot_release(snapshot);

    builder = sample_begin(NULL, 0);
    put_transport(builder, "main", "smtp", "smtp");
    put_transport(builder, "second", "smtp", "smtp");
    put_peers(builder, TCP_ROLE_OUTBOUND, "smtp", 25, "10.0.0.5", 20);
    snapshot = finish(builder, NULL);
    assert_true(peer_value(snapshot, "port:25", "10.0.0.5", MAIL_CONNECTIONS_CONNECTIONS) == 20);
    snapshot_release(snapshot);
}

static struct snapshot *sample_of(struct snapshot *previous, unsigned connections)
{
    struct builder *builder = sample_begin(previous, 0);
    put_service(builder, &default_connector);
    if (connections > 0)
        put_inbound(builder, "10.0.0.5", connections);
    return finish(builder, previous);
}

static void peaks_last_until_the_hour_and_the_day_are_over(void **state)
{
    (void)state;
    const char *scope = default_connector.scope;
    fake_clock_set(SAMPLE_SECOND, 1800000000 * SAMPLE_SECOND); /* 08:00:00 UTC */
    struct snapshot *snapshot = sample_of(NULL, 30);
    snapshot = sample_of(snapshot, 10);
    assert_true(total_value(snapshot, scope, MAIL_SERVER_CONNECTIONS_PEAK_HOUR) == 30);
    fake_clock_advance(3600 * SAMPLE_SECOND);
    snapshot = sample_of(snapshot, 12);
    assert_true(total_value(snapshot, scope, MAIL_SERVER_CONNECTIONS_PEAK_HOUR) == 12);
    assert_true(total_value(snapshot, scope, MAIL_SERVER_CONNECTIONS_PEAK_DAY) == 30);
    fake_clock_advance(16 * 3600 * SAMPLE_SECOND);
    snapshot = sample_of(snapshot, 0);
    assert_true(total_value(snapshot, scope, MAIL_SERVER_CONNECTIONS_PEAK_DAY) == 0);
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_of_a_source_is_the_smaller_term),
        cmocka_unit_test(a_gateway_is_throttled_by_what_remains),
        cmocka_unit_test(the_verdict_can_say_not_this_limit),
        cmocka_unit_test(connectors_are_chosen_by_binding_then_by_remote_range),
        cmocka_unit_test(exempt_peers_have_no_limit),
        cmocka_unit_test(ports_that_nobody_is_known_to_serve_have_rows_without_a_limit),
        cmocka_unit_test(arrivals_are_the_peers_or_its_ports),
        cmocka_unit_test(outbound_connections_belong_to_the_process_that_makes_them),
        cmocka_unit_test(peaks_last_until_the_hour_and_the_day_are_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
