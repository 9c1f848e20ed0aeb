/* SPDX-License-Identifier: Apache-2.0
 * Each finding about mail servers' limits and resources: raised, held, cleared. */
#include <math.h>
#include <string.h>

#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/mail_servers.h"
#include "snapshot/tables/system_events.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"
#include "tests/analysis/findings_scene.h"
#include "tests/cmocka.h"

static void put_service(struct builder *builder, enum tcp_role role, unsigned connections)
{
    builder_row(builder, &table_mail_server_connections);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVER_CONNECTIONS_SERVER, "main");
    builder_text(builder, MAIL_SERVER_CONNECTIONS_SCOPE, "smtpd:25");
    builder_number(builder, MAIL_SERVER_CONNECTIONS_ROLE, role);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_CONNECTIONS, connections);
    builder_real(builder, MAIL_SERVER_CONNECTIONS_LIMIT, 100);
    builder_real(builder, MAIL_SERVER_CONNECTIONS_RATIO, connections / 100.0);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_PEAK_DAY, 97);
}

static void put_peer(struct builder *builder, unsigned connections)
{
    builder_row(builder, &table_mail_connections);
    builder_number(builder, MAIL_CONNECTIONS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_CONNECTIONS_SERVER, "main");
    builder_text(builder, MAIL_CONNECTIONS_SCOPE, "smtpd:25");
    builder_number(builder, MAIL_CONNECTIONS_ROLE, TCP_ROLE_INBOUND);
    builder_text(builder, MAIL_CONNECTIONS_PEER, "192.0.2.25");
    builder_number(builder, MAIL_CONNECTIONS_CONNECTIONS, connections);
    builder_real(builder, MAIL_CONNECTIONS_LIMIT, 50);
    builder_real(builder, MAIL_CONNECTIONS_RATIO, connections / 50.0);
    builder_text(builder, MAIL_CONNECTIONS_NATIVE, "smtpd_client_connection_count_limit");
}

/* What events tell of the peer: how many of its connections were ever accepted. */
static void put_accepted(struct builder *builder, double accepted)
{
    builder_row(builder, &table_mail_arrivals);
    builder_text(builder, MAIL_ARRIVALS_SERVER, "main");
    builder_text(builder, MAIL_ARRIVALS_SCOPE, "smtpd:25");
    builder_text(builder, MAIL_ARRIVALS_PEER, "192.0.2.25");
    builder_number(builder, MAIL_ARRIVALS_ACCEPTED, (uint64_t)accepted);
    builder_number(builder, MAIL_ARRIVALS_PASSING, 7);
    builder_number(builder, MAIL_ARRIVALS_ALONE, 1);
}

/* What a walk tells: that the host accepts, what passes at the port, and whether the others are quiet. */
static void put_walked(struct builder *builder, unsigned passing, bool alone, double accepted)
{
    builder_row(builder, &table_tcp_counters);
    builder_number(builder, TCP_COUNTERS_PASSIVE_OPENS, (uint64_t)accepted);
    builder_row(builder, &table_mail_arrivals);
    builder_text(builder, MAIL_ARRIVALS_SERVER, "main");
    builder_text(builder, MAIL_ARRIVALS_SCOPE, "smtpd:25");
    builder_text(builder, MAIL_ARRIVALS_PEER, "192.0.2.25");
    builder_number(builder, MAIL_ARRIVALS_PASSING, passing);
    builder_number(builder, MAIL_ARRIVALS_ALONE, alone);
}

static void put_inbound(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_service(builder, TCP_ROLE_INBOUND, state == SCENE_BAD ? 80 : state == SCENE_BETWEEN ? 75 : 10);
    put_peer(builder, 9);
}

static void put_full(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_service(builder, TCP_ROLE_INBOUND, state == SCENE_BAD ? 100 : state == SCENE_BETWEEN ? 75 : 10);
}

static void put_outbound(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_service(builder, TCP_ROLE_OUTBOUND, state == SCENE_BAD ? 85 : state == SCENE_BETWEEN ? 75 : 10);
}

static void put_all_outbound(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_service(builder, TCP_ROLE_OUTBOUND, state == SCENE_BAD ? 99 : state == SCENE_BETWEEN ? 75 : 10);
}

static void put_throttled(struct builder *builder, enum scene_state state, double seconds)
{
    put_peer(builder, state == SCENE_BAD ? 50 : state == SCENE_BETWEEN ? 44 : 5);
    put_accepted(builder, 20 * seconds);
}

static void put_walked_throttled(struct builder *builder, enum scene_state state, double seconds)
{
    put_peer(builder, state == SCENE_BAD ? 50 : state == SCENE_BETWEEN ? 44 : 5);
    put_walked(builder, fmod(seconds, 20) < 10 ? 9 : 0, false, 20 * seconds);
}

/* Nothing is seen of those that come, but nobody else accepts. */
static void put_lonely_throttled(struct builder *builder, enum scene_state state, double seconds)
{
    put_peer(builder, state == SCENE_BAD ? 50 : state == SCENE_BETWEEN ? 44 : 5);
    put_walked(builder, 0, true, 20 * seconds);
}

/* A source near its limit, while Exchange logs that it refuses one. */
static void put_refused(struct builder *builder, enum scene_state state, double seconds)
{
    static uint64_t refusals;
    (void)seconds;
    refusals += state == SCENE_BAD ? 2 : 0;
    put_peer(builder, state == SCENE_BAD ? 42 : state == SCENE_BETWEEN ? 37 : 5);
    builder_number(builder, MAIL_CONNECTIONS_MTA, MAIL_EXCHANGE);
    builder_row(builder, &table_system_events);
    builder_text(builder, SYSTEM_EVENTS_PROVIDER, "MSExchangeTransport");
    builder_text(builder, SYSTEM_EVENTS_ID, "1021");
    builder_number(builder, SYSTEM_EVENTS_EVENTS, refusals);
}

/* The limit is reached, but nobody knocks: 200 users behind one address. */
static void put_office(struct builder *builder, enum scene_state state, double seconds)
{
    (void)state;
    (void)seconds;
    put_peer(builder, 50);
}

static void put_space(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_mail_servers);
    builder_number(builder, MAIL_SERVERS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVERS_SERVER, "main");
    builder_number(builder, MAIL_SERVERS_FREE, state == SCENE_BAD ? 90000 : state == SCENE_BETWEEN ? 105000 : 900000);
    builder_number(builder, MAIL_SERVERS_REQUIRED, 100000);
}

static void put_little_space(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_mail_servers);
    builder_number(builder, MAIL_SERVERS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVERS_SERVER, "main");
    builder_number(builder, MAIL_SERVERS_FREE, state == SCENE_BAD ? 150000 : state == SCENE_BETWEEN ? 210000 : 900000);
    builder_number(builder, MAIL_SERVERS_REQUIRED, 100000);
}

static void put_medium_pressure(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_mail_back_pressure);
    builder_number(builder, MAIL_BACK_PRESSURE_MTA, MAIL_EXCHANGE);
    builder_text(builder, MAIL_BACK_PRESSURE_SERVER, "ex1");
    builder_text(builder, MAIL_BACK_PRESSURE_RESOURCE, "PrivateBytes");
    builder_number(builder, MAIL_BACK_PRESSURE_LEVEL, state == SCENE_BAD ? 1 : 0);
}

static void put_pressure(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_mail_back_pressure);
    builder_number(builder, MAIL_BACK_PRESSURE_MTA, MAIL_EXCHANGE);
    builder_text(builder, MAIL_BACK_PRESSURE_SERVER, "ex1");
    builder_text(builder, MAIL_BACK_PRESSURE_RESOURCE, "UsedDiskSpace");
    builder_number(builder, MAIL_BACK_PRESSURE_LEVEL, state == SCENE_BAD ? 2 : 0);
}

static const struct scene_case cases[] = {
    {"mail_inbound_limit", put_inbound, FINDING_SEVERITY_WARNING, 5, 120, false, 0,
     "80 of at most 100 inbound SMTP connections of postfix main smtpd:25 are taken (80.0 %); today's peak is 97; "
     "192.0.2.25 has most, 9."},
    {"mail_inbound_limit", put_full, FINDING_SEVERITY_CRITICAL, 30, 120, false, 0, "(100.0 %)"},
    {"mail_outbound_limit", put_outbound, FINDING_SEVERITY_WARNING, 5, 120, false, 0, "outbound SMTP connections"},
    {"mail_outbound_limit", put_all_outbound, FINDING_SEVERITY_CRITICAL, 30, 120, false, 0, "(99.0 %)"},
    {"mail_source_throttled", put_throttled, FINDING_SEVERITY_WARNING, 5, 120, false, 0,
     "192.0.2.25 has 50 of the 50 connections that one source may have at postfix main smtpd:25 "
     "(smtpd_client_connection_count_limit), and 100 came since the sample before: what comes beyond is refused"},
    {"mail_source_throttled", put_walked_throttled, FINDING_SEVERITY_WARNING, 5, 120, false, 0,
     "(smtpd_client_connection_count_limit): what comes beyond is refused"},
    {"mail_source_throttled", put_lonely_throttled, FINDING_SEVERITY_WARNING, 5, 120, false, 0,
     "(smtpd_client_connection_count_limit): what comes beyond is refused"},
    {"mail_source_throttled", put_refused, FINDING_SEVERITY_WARNING, 0, 120, false, 0, "192.0.2.25 has 42 of the 50"},
    {"mail_spool_space", put_space, FINDING_SEVERITY_CRITICAL, 5, 60, false, 0, "takes no mail, as now"},
    {"mail_spool_space", put_little_space, FINDING_SEVERITY_WARNING, 5, 60, false, 0, "takes no more mail"},
    {"mail_back_pressure", put_medium_pressure, FINDING_SEVERITY_WARNING, 0, 120, true, 0, "slows down"},
    {"mail_back_pressure", put_pressure, FINDING_SEVERITY_CRITICAL, 0, 120, true, 0, "for UsedDiskSpace"},
};

static void each_is_raised_held_and_cleared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        scene_play_case(&cases[i]);
}

static void an_office_behind_one_address_is_not_throttled(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_office, SCENE_BAD, 600);
    assert_int_equal(scene_severity(&scene, "mail_source_throttled"), -1);
    scene_end(&scene);
}

/* The limit is reached for good and nobody else knocks here, but the host serves the web besides: told by events, by a
 * walk that saw nothing pass at the port, and by the log of another kind of server. */
static void put_web_server(struct builder *builder, enum scene_state state, double seconds)
{
    put_peer(builder, 50);
    put_walked(builder, 0, false, seconds * 500);
    if (state == SCENE_BAD)
        builder_number(builder, MAIL_ARRIVALS_ACCEPTED, 50);
    builder_row(builder, &table_system_events);
    builder_text(builder, SYSTEM_EVENTS_PROVIDER, "MSExchangeTransport");
    builder_text(builder, SYSTEM_EVENTS_ID, "1021");
    builder_number(builder, SYSTEM_EVENTS_EVENTS, (uint64_t)seconds);
}

static void connections_of_others_tell_nothing(void **state)
{
    (void)state;
    static const enum scene_state modes[] = {SCENE_BAD, SCENE_GOOD};
    for (size_t i = 0; i < 2; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene_play(&scene, put_web_server, modes[i], 600);
        assert_int_equal(scene_severity(&scene, "mail_source_throttled"), -1);
        scene_end(&scene);
    }
}

/* Nothing, and in the next sample a full limit and three that were refused: raised in the second sample. */
static void put_step(struct builder *builder, enum scene_state state, double seconds)
{
    if (state != SCENE_BAD)
        return;
    put_peer(builder, 50);
    put_accepted(builder, seconds < 70 ? 53 : 54); /* it tries again once */
}

static void a_step_is_told_in_the_second_sample(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_step, SCENE_GOOD, 60);
    scene_sample(&scene, put_step, SCENE_BAD);
    assert_int_equal(scene_severity(&scene, "mail_source_throttled"), -1);
    scene_sample(&scene, put_step, SCENE_BAD);
    assert_int_equal(scene_severity(&scene, "mail_source_throttled"), FINDING_SEVERITY_WARNING);
    scene_end(&scene);
}

/* A source that had few of its many connections of the day, and has all that it may have in the next sample. */
static void put_jump(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_peer(builder, state == SCENE_BAD ? 50 : 5);
    put_accepted(builder, state == SCENE_BAD ? 5045 : 5000);
}

static void what_came_before_the_jump_is_not_new(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_jump, SCENE_GOOD, 60);
    scene_play(&scene, put_jump, SCENE_BAD, 60);
    assert_int_equal(scene_severity(&scene, "mail_source_throttled"), -1);
    scene_end(&scene);
}

static void put_walked_standing(struct builder *builder, unsigned accepted, unsigned standing)
{
    put_walked(builder, 1, true, accepted);
    builder_row(builder, &table_tcp_sockets);
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_INBOUND);
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_ESTABLISHED);
    builder_number(builder, TCP_SOCKETS_SOCKETS, standing);
}

/* A source takes all that it may have, and no more comes: told by events, by a walk. */
static void put_filled(struct builder *builder, enum scene_state state, double seconds)
{
    unsigned connections = seconds < 60 ? 44 : 50;
    put_peer(builder, connections);
    if (state == SCENE_BAD)
        put_accepted(builder, 900 + connections);
    else
        put_walked_standing(builder, 900 + connections, connections);
}

/* And in the end one is refused, and counted while it is; a walk needs another one that is gone. */
static void put_overfilled(struct builder *builder, enum scene_state state, double seconds)
{
    bool refused = seconds > 300;
    put_peer(builder, refused ? 51 : 50);
    if (state == SCENE_BAD)
        put_accepted(builder, refused ? 951 : 950);
    else
        put_walked_standing(builder, refused ? 952 : 950, refused ? 51 : 50);
}

static void what_fills_the_limit_is_not_refused(void **state)
{
    (void)state;
    static const enum scene_state modes[] = {SCENE_BAD, SCENE_GOOD};
    for (size_t i = 0; i < 2; i++) {
        struct scene scene;
        scene_begin(&scene);
        scene_play(&scene, put_filled, modes[i], 75);
        assert_int_equal(scene_severity(&scene, "mail_source_throttled"), -1);
        scene_play(&scene, put_overfilled, modes[i], 225);
        assert_int_equal(scene_severity(&scene, "mail_source_throttled"), -1);
        scene_play(&scene, put_overfilled, modes[i], 10);
        assert_int_equal(scene_severity(&scene, "mail_source_throttled"), FINDING_SEVERITY_WARNING);
        scene_end(&scene);
    }
}

/* The same limit, and connections wait to be accepted: more want in. */
static void put_waiting_office(struct builder *builder, enum scene_state state, double seconds)
{
    put_office(builder, state, seconds);
    put_service(builder, TCP_ROLE_INBOUND, 60);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_WAITING, state == SCENE_BAD ? 4 : 0);
}

static void a_waiting_accept_queue_tells_of_more(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_waiting_office, SCENE_GOOD, 60);
    assert_int_equal(scene_severity(&scene, "mail_source_throttled"), -1);
    scene_play(&scene, put_waiting_office, SCENE_BAD, 10);
    assert_int_equal(scene_severity(&scene, "mail_source_throttled"), FINDING_SEVERITY_WARNING);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_raised_held_and_cleared),
        cmocka_unit_test(an_office_behind_one_address_is_not_throttled),
        cmocka_unit_test(a_waiting_accept_queue_tells_of_more),
        cmocka_unit_test(connections_of_others_tell_nothing),
        cmocka_unit_test(a_step_is_told_in_the_second_sample),
        cmocka_unit_test(what_came_before_the_jump_is_not_new),
        cmocka_unit_test(what_fills_the_limit_is_not_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
