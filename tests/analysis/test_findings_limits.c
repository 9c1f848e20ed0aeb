/* SPDX-License-Identifier: Apache-2.0
 * Mail servers that do not run, and limits that make one another void: raised, held, cleared. */
#include <math.h>
#include <string.h>

#include "snapshot/tables/listeners.h"
#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/mail_servers.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_sockets.h"
#include "tests/analysis/findings_scene.h"
#include "tests/cmocka.h"

static void put_listener(struct builder *builder, unsigned port)
{
    builder_row(builder, &table_listeners);
    builder_text(builder, LISTENERS_PROCESS, "master");
    builder_text(builder, LISTENERS_ADDRESS, "*");
    builder_number(builder, LISTENERS_PORT, port);
    builder_number(builder, LISTENERS_QUEUE_LIMIT, 100);
}

static void put_queue(struct builder *builder, enum mail_mta mta, const char *queue, unsigned messages)
{
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, mta);
    builder_text(builder, MAIL_QUEUES_SERVER, "main");
    builder_text(builder, MAIL_QUEUES_QUEUE, queue);
    builder_number(builder, MAIL_QUEUES_MESSAGES, messages);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, 7200);
}

/* A mail server that is to listen on port 25, with messages in its queue. */
static void put_server(struct builder *builder, enum mail_mta mta, const char *queue, unsigned messages)
{
    builder_row(builder, &table_mail_servers);
    builder_number(builder, MAIL_SERVERS_MTA, mta);
    builder_text(builder, MAIL_SERVERS_SERVER, "main");
    builder_row(builder, &table_mail_services);
    builder_number(builder, MAIL_SERVICES_MTA, mta);
    builder_text(builder, MAIL_SERVICES_SERVER, "main");
    builder_text(builder, MAIL_SERVICES_SCOPE, "smtpd:25");
    builder_text(builder, MAIL_SERVICES_ADDRESS, "*");
    builder_number(builder, MAIL_SERVICES_PORT, 25);
    put_queue(builder, mta, queue, messages);
    builder_row(builder, &table_tcp_counters);
    builder_number(builder, TCP_COUNTERS_PASSIVE_OPENS, 1);
    put_listener(builder, 22);
}

static void put_down(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_server(builder, MAIL_POSTFIX, "deferred", 40);
    put_queue(builder, MAIL_POSTFIX, "hold", 500);
    if (state != SCENE_BAD)
        put_listener(builder, 25);
}

/* Exim that is run from time to time, without a daemon: bad is that it never listened. */
static void put_exim(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_server(builder, MAIL_EXIM, "input", 40);
    if (state == SCENE_GOOD)
        put_listener(builder, 25);
}

/* Stopped, and nothing waits but what is on hold. */
static void put_idle(struct builder *builder, enum scene_state state, double seconds)
{
    (void)state;
    (void)seconds;
    put_server(builder, MAIL_POSTFIX, "deferred", 0);
    put_queue(builder, MAIL_POSTFIX, "hold", 500);
}

/* The collector of sockets fails: nobody is seen to listen. */
static void put_blind(struct builder *builder, enum scene_state state, double seconds)
{
    (void)state;
    (void)seconds;
    put_queue(builder, MAIL_POSTFIX, "deferred", 40);
    builder_row(builder, &table_mail_servers);
    builder_number(builder, MAIL_SERVERS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVERS_SERVER, "main");
    builder_row(builder, &table_mail_services);
    builder_number(builder, MAIL_SERVICES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVICES_SERVER, "main");
    builder_number(builder, MAIL_SERVICES_PORT, 25);
}

static void put_limit(struct builder *builder, enum mail_limit limit, const char *native, double value)
{
    builder_row(builder, &table_mail_limits);
    builder_number(builder, MAIL_LIMITS_MTA, MAIL_EXCHANGE);
    builder_text(builder, MAIL_LIMITS_SERVER, "ex1");
    builder_text(builder, MAIL_LIMITS_SCOPE, "receive_connector:Default");
    builder_number(builder, MAIL_LIMITS_LIMIT, limit);
    builder_text(builder, MAIL_LIMITS_NATIVE, native);
    builder_real(builder, MAIL_LIMITS_VALUE, value);
}

static void put_sources(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTIONS, "MaxInboundConnection", state == SCENE_BAD ? 50 : 5000);
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, "MaxInboundConnectionPerSource", 100);
}

static void put_timeouts(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_limit(builder, MAIL_LIMIT_CONNECTION_TIMEOUT_SECONDS, "ConnectionTimeOut", 600);
    put_limit(builder, MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, "ConnectionInactivityTimeOut",
              state == SCENE_BAD ? 600 : 300);
}

static void put_rates(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE, "MaxConnectionRatePerMinute", 1200);
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE_PER_SOURCE, "PerSourceRate",
              state == SCENE_BAD ? 2400 : 60);
}

static void put_domains(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_limit(builder, MAIL_LIMIT_OUTBOUND_CONNECTIONS, "MaxOutboundConnections", 1000);
    put_limit(builder, MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, "MaxPerDomainOutboundConnections",
              state == SCENE_BAD ? 2000 : INFINITY);
}

static const struct scene_case cases[] = {
    {"mail_server_down", put_down, FINDING_SEVERITY_WARNING, 120, 30, true, 0,
     "postfix main does not listen on port 25, and 40 messages wait in its queues, the oldest for 2 h."},
    {"mail_server_down", put_down, FINDING_SEVERITY_CRITICAL, 900, 30, true, 0, "for long"},
    {"mail_limit_inconsistent", put_sources, FINDING_SEVERITY_INFO, 0, 0, true, 0,
     "MaxInboundConnectionPerSource of exchange ex1 receive_connector:Default is 100, and MaxInboundConnection is 50"},
    {"mail_limit_inconsistent", put_timeouts, FINDING_SEVERITY_INFO, 0, 0, true, 0, "in the middle of a message"},
    {"mail_limit_inconsistent", put_rates, FINDING_SEVERITY_INFO, 0, 0, true, 0, "PerSourceRate"},
    {"mail_limit_inconsistent", put_domains, FINDING_SEVERITY_INFO, 0, 0, true, 0, "one slow domain"},
};

static void each_is_raised_held_and_cleared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        scene_play_case(&cases[i]);
}

static void expect_no_server_down(void (*put)(struct builder *builder, enum scene_state state, double seconds))
{
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put, SCENE_BAD, 3600);
    assert_int_equal(scene_severity(&scene, "mail_server_down"), -1);
    scene_end(&scene);
}

static void only_who_should_listen_is_down(void **state)
{
    (void)state;
    expect_no_server_down(put_exim);
    expect_no_server_down(put_idle);
    expect_no_server_down(put_blind);
}

/* Whoever listened before and does no more is down, also where it need not listen. */
static void what_listened_and_ended_is_down(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_exim, SCENE_GOOD, 60);
    scene_play(&scene, put_exim, SCENE_BAD, 125);
    assert_int_equal(scene_severity(&scene, "mail_server_down"), FINDING_SEVERITY_WARNING);
    assert_string_equal(scene_text(&scene, "mail_server_down", FINDINGS_SERVER), "main");
    assert_non_null(strstr(scene_text(&scene, "mail_server_down", FINDINGS_REMEDY), "systemctl start exim4"));
    scene_play(&scene, put_exim, SCENE_GOOD, 5);
    assert_non_null(strstr(scene_text(&scene, "mail_server_down", FINDINGS_SENTENCE), "listens on port 25 again"));
    scene_end(&scene);
}

/* Inconsistent limits, and more connections than is well. */
static void put_short(struct builder *builder, enum scene_state state, double seconds)
{
    put_sources(builder, SCENE_BAD, seconds);
    builder_row(builder, &table_mail_server_connections);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_MTA, MAIL_EXCHANGE);
    builder_text(builder, MAIL_SERVER_CONNECTIONS_SERVER, "ex1");
    builder_text(builder, MAIL_SERVER_CONNECTIONS_SCOPE, "receive_connector:Default");
    builder_number(builder, MAIL_SERVER_CONNECTIONS_ROLE, TCP_ROLE_INBOUND);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_CONNECTIONS, 45);
    builder_real(builder, MAIL_SERVER_CONNECTIONS_LIMIT, 50);
    builder_real(builder, MAIL_SERVER_CONNECTIONS_RATIO, state == SCENE_BAD ? 0.9 : 0.5);
}

static void limits_warn_only_where_connections_were_short(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_short, SCENE_GOOD, 60);
    assert_int_equal(scene_severity(&scene, "mail_limit_inconsistent"), FINDING_SEVERITY_INFO);
    scene_play(&scene, put_short, SCENE_BAD, 10);
    assert_int_equal(scene_severity(&scene, "mail_limit_inconsistent"), FINDING_SEVERITY_WARNING);
    scene_play(&scene, put_short, SCENE_GOOD, 86000);
    assert_int_equal(scene_severity(&scene, "mail_limit_inconsistent"), FINDING_SEVERITY_WARNING);
    scene_play(&scene, put_short, SCENE_GOOD, 900);
    assert_int_equal(scene_severity(&scene, "mail_limit_inconsistent"), FINDING_SEVERITY_INFO);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_raised_held_and_cleared),
        cmocka_unit_test(only_who_should_listen_is_down),
        cmocka_unit_test(what_listened_and_ended_is_down),
        cmocka_unit_test(limits_warn_only_where_connections_were_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
