/* SPDX-License-Identifier: Apache-2.0
 * What to do about a full mail server, in the words of each kind of it, and how to take it back. */
#include <math.h>
#include <string.h>

#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/tcp_sockets.h"
#include "tests/analysis/findings_scene.h"
#include "tests/cmocka.h"

static enum mail_mta mta;
static const char *scope;
static double percent;

static void put_limit(struct builder *builder, enum mail_limit limit, const char *native, double value)
{
    builder_row(builder, &table_mail_limits);
    builder_number(builder, MAIL_LIMITS_MTA, mta);
    builder_text(builder, MAIL_LIMITS_SERVER, "ex1");
    builder_text(builder, MAIL_LIMITS_SCOPE, scope);
    builder_number(builder, MAIL_LIMITS_LIMIT, limit);
    builder_text(builder, MAIL_LIMITS_NATIVE, native);
    builder_real(builder, MAIL_LIMITS_VALUE, value);
}

static void put_total(struct builder *builder, enum tcp_role role)
{
    builder_row(builder, &table_mail_server_connections);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_MTA, mta);
    builder_text(builder, MAIL_SERVER_CONNECTIONS_SERVER, "ex1");
    builder_text(builder, MAIL_SERVER_CONNECTIONS_SCOPE, scope);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_ROLE, role);
    builder_number(builder, MAIL_SERVER_CONNECTIONS_CONNECTIONS, 5000);
    builder_real(builder, MAIL_SERVER_CONNECTIONS_LIMIT, 5000);
    builder_real(builder, MAIL_SERVER_CONNECTIONS_RATIO, 1);
}

static void put(struct builder *builder, enum scene_state state, double seconds)
{
    (void)state;
    builder_row(builder, &table_mail_arrivals);
    builder_text(builder, MAIL_ARRIVALS_SERVER, "ex1");
    builder_text(builder, MAIL_ARRIVALS_SCOPE, scope);
    builder_text(builder, MAIL_ARRIVALS_PEER, "192.0.2.25");
    builder_number(builder, MAIL_ARRIVALS_ACCEPTED, (uint64_t)seconds);
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTIONS, "MaxInboundConnection", 5000);
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, "MaxInboundConnectionPerSource", 100);
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTIONS_PERCENT_PER_SOURCE, "MaxInboundConnectionPercentagePerSource",
              percent);
    put_total(builder, TCP_ROLE_INBOUND);
    put_total(builder, TCP_ROLE_OUTBOUND);
    builder_row(builder, &table_mail_connections);
    builder_number(builder, MAIL_CONNECTIONS_MTA, mta);
    builder_text(builder, MAIL_CONNECTIONS_SERVER, "ex1");
    builder_text(builder, MAIL_CONNECTIONS_SCOPE, scope);
    builder_number(builder, MAIL_CONNECTIONS_ROLE, TCP_ROLE_INBOUND);
    builder_text(builder, MAIL_CONNECTIONS_PEER, "192.0.2.25");
    builder_number(builder, MAIL_CONNECTIONS_CONNECTIONS, 46);
    builder_real(builder, MAIL_CONNECTIONS_LIMIT, 46);
    builder_real(builder, MAIL_CONNECTIONS_RATIO, 1);
    builder_text(builder, MAIL_CONNECTIONS_NATIVE, "smtp_accept_max_per_host");
}

static struct scene play(enum mail_mta kind, const char *of, double share)
{
    struct scene scene;
    mta = kind;
    scope = of;
    percent = share;
    scene_begin(&scene);
    scene_play(&scene, put, SCENE_BAD, 15);
    return scene;
}

static void check(const struct scene *scene, const char *finding, const char *remedy, const char *undo)
{
    assert_string_equal(scene_text(scene, finding, FINDINGS_REMEDY), remedy);
    assert_string_equal(scene_text(scene, finding, FINDINGS_UNDO), undo);
}

static void exchange_is_told_in_powershell(void **state)
{
    (void)state;
    struct scene scene = play(MAIL_EXCHANGE, "receive_connector:Default EX1", 2);
    check(&scene, "mail_source_throttled",
          "Set-ReceiveConnector 'Default EX1' -MaxInboundConnectionPercentagePerSource 20 "
          "-MaxInboundConnectionPerSource unlimited",
          "Set-ReceiveConnector 'Default EX1' -MaxInboundConnectionPercentagePerSource 2 "
          "-MaxInboundConnectionPerSource 100");
    check(&scene, "mail_inbound_limit", "Set-ReceiveConnector 'Default EX1' -MaxInboundConnection 5100",
          "Set-ReceiveConnector 'Default EX1' -MaxInboundConnection 5000");
    check(&scene, "mail_outbound_limit", "Set-TransportService $env:COMPUTERNAME -MaxOutboundConnections 5100",
          "Set-TransportService $env:COMPUTERNAME -MaxOutboundConnections 5000");
    scene_end(&scene);
}

/* Advice never lowers a limit, and one that is not known is not put back. */
static void a_share_that_is_great_already_is_doubled(void **state)
{
    (void)state;
    struct scene scene = play(MAIL_EXCHANGE, "receive_connector:X", 30);
    assert_non_null(strstr(scene_text(&scene, "mail_source_throttled", FINDINGS_REMEDY), "PerSource 60 "));
    scene_end(&scene);
    scene = play(MAIL_EXCHANGE, "receive_connector:X", 80);
    assert_non_null(strstr(scene_text(&scene, "mail_source_throttled", FINDINGS_REMEDY), "PerSource 100 "));
    scene_end(&scene);
    scene = play(MAIL_EXCHANGE, "receive_connector:X", NAN);
    check(&scene, "mail_source_throttled",
          "Set-ReceiveConnector 'X' -MaxInboundConnectionPercentagePerSource 20 "
          "-MaxInboundConnectionPerSource unlimited",
          "Set-ReceiveConnector 'X' -MaxInboundConnectionPerSource 100");
    scene_end(&scene);
}

/* Each of PowerShell's single quotes ends a text, unless it is written twice. */
static void a_name_stays_a_name(void **state)
{
    (void)state;
    struct scene scene = play(MAIL_EXCHANGE, "receive_connector:a'; b\xe2\x80\x99 \xe2\x80\x9c $(c)", 2);
    assert_string_equal(
        scene_text(&scene, "mail_inbound_limit", FINDINGS_REMEDY),
        "Set-ReceiveConnector 'a''; b\xe2\x80\x99\xe2\x80\x99 \xe2\x80\x9c $(c)' -MaxInboundConnection 5100");
    scene_end(&scene);
}

static void others_in_their_own_words(void **state)
{
    (void)state;
    struct scene scene = play(MAIL_POSTFIX, "smtpd:25", NAN);
    check(&scene, "mail_source_throttled",
          "postconf -e 'smtpd_client_event_limit_exceptions=$mynetworks, 192.0.2.25' && postfix reload",
          "postconf -X smtpd_client_event_limit_exceptions && postfix reload");
    check(&scene, "mail_inbound_limit", "postconf -e default_process_limit=5100 && postfix reload",
          "postconf -e default_process_limit=5000 && postfix reload");
    scene_end(&scene);
    scene = play(MAIL_EXIM, "server", NAN);
    check(&scene, "mail_source_throttled",
          "smtp_accept_max_per_host = ${if eq{$sender_host_address}{192.0.2.25}{92}{46}}",
          "smtp_accept_max_per_host = 46");
    check(&scene, "mail_inbound_limit", "smtp_accept_max = 5100", "smtp_accept_max = 5000");
    check(&scene, "mail_outbound_limit", "remote_max_parallel = 5100", "remote_max_parallel = 5000");
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_is_told_in_powershell),
        cmocka_unit_test(a_share_that_is_great_already_is_doubled),
        cmocka_unit_test(a_name_stays_a_name),
        cmocka_unit_test(others_in_their_own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
