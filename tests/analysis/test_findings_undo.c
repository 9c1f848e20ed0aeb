/* SPDX-License-Identifier: Apache-2.0
 * Remedies with what takes them back, in the words of the system and the mail server that they are for. */
#include <string.h>

#include "snapshot/tables/collectors.h"
#include "snapshot/tables/conntrack.h"
#include "snapshot/tables/host.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/mail_servers.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"
#include "snapshot/tables/tuning.h"
#include "tests/analysis/findings_scene.h"
#include "tests/cmocka.h"

/* Two limits of a server of which the first makes no sense with the second. */
struct limits {
    enum mail_mta mta;
    const char *scope;
    enum mail_limit limit, with;
    const char *native, *origin;
    double value, other;
    const char *remedy, *undo;
};

static const struct limits *limits;

static void put_limit(struct builder *builder, enum mail_limit limit, const char *native, const char *origin,
                      double value)
{
    builder_row(builder, &table_mail_limits);
    builder_number(builder, MAIL_LIMITS_MTA, limits->mta);
    builder_text(builder, MAIL_LIMITS_SERVER, "main");
    builder_text(builder, MAIL_LIMITS_SCOPE, limits->scope);
    builder_number(builder, MAIL_LIMITS_LIMIT, limit);
    builder_text(builder, MAIL_LIMITS_NATIVE, native);
    builder_text(builder, MAIL_LIMITS_ORIGIN, origin);
    builder_real(builder, MAIL_LIMITS_VALUE, value);
}

static void put_limits(struct builder *builder, enum scene_state state, double seconds)
{
    (void)state;
    (void)seconds;
    put_limit(builder, limits->limit, limits->native, limits->origin, limits->value);
    put_limit(builder, limits->with, "other", "", limits->other);
}

static void a_void_limit_is_set_to_half_of_the_other_and_back(void **state)
{
    (void)state;
    static const struct limits cases[] = {
        {MAIL_POSTFIX, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, MAIL_LIMIT_INBOUND_CONNECTIONS,
         "smtpd_client_connection_count_limit", "", 50, 21,
         "postconf -e smtpd_client_connection_count_limit=10 && postfix reload",
         "postconf -X smtpd_client_connection_count_limit && postfix reload"},
        {MAIL_POSTFIX, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, MAIL_LIMIT_INBOUND_CONNECTIONS,
         "smtpd_client_connection_count_limit", "main.cf", 60, 1,
         "postconf -e smtpd_client_connection_count_limit=1 && postfix reload",
         "postconf -e smtpd_client_connection_count_limit=60 && postfix reload"},
        {MAIL_POSTFIX, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, MAIL_LIMIT_INBOUND_CONNECTIONS,
         "smtpd_client_connection_count_limit", "master.cf", 60, 20, "", ""},
        {MAIL_EXIM, "server", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, MAIL_LIMIT_INBOUND_CONNECTIONS,
         "smtp_accept_max_per_host", "", 40, 20, "smtp_accept_max_per_host = 10", "smtp_accept_max_per_host = 40"},
        {MAIL_EXCHANGE, "receive_connector:It's", MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS,
         MAIL_LIMIT_CONNECTION_TIMEOUT_SECONDS, "ConnectionInactivityTimeOut", "", 3661, 600,
         "Set-ReceiveConnector 'It''s' -ConnectionInactivityTimeOut 00:05:00",
         "Set-ReceiveConnector 'It''s' -ConnectionInactivityTimeOut 01:01:01"},
        {MAIL_EXCHANGE, "server", MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, MAIL_LIMIT_OUTBOUND_CONNECTIONS,
         "MaxPerDomainOutboundConnections", "", 2000, 1000,
         "Set-TransportService $env:COMPUTERNAME -MaxPerDomainOutboundConnections 500",
         "Set-TransportService $env:COMPUTERNAME -MaxPerDomainOutboundConnections 2000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct scene scene;
        limits = &cases[i];
        scene_begin(&scene);
        scene_sample(&scene, put_limits, SCENE_BAD);
        assert_string_equal(scene_text(&scene, "mail_limit_inconsistent", FINDINGS_REMEDY), limits->remedy);
        assert_string_equal(scene_text(&scene, "mail_limit_inconsistent", FINDINGS_UNDO), limits->undo);
        scene_end(&scene);
    }
}

static void put_setting(struct builder *builder, const char *key, double value)
{
    builder_row(builder, &table_tuning);
    builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
    builder_text(builder, TUNING_KEY, key);
    builder_real(builder, TUNING_VALUE, value);
}

static void put_settings(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    if (state == SCENE_BAD)
        put_setting(builder, "net.ipv4.tcp_tw_reuse", 1);
    put_setting(builder, "net.ipv4.tcp_timestamps", 0);
    if (state == SCENE_BETWEEN)
        put_setting(builder, "net.ipv4.tcp_max_tw_buckets", 1000);
    put_setting(builder, "net.ipv4.tcp_max_orphans", 65536);
}

static void the_setting_that_is_wrong_is_put_back(void **state)
{
    (void)state;
    static const struct {
        enum scene_state state;
        const char *remedy, *undo;
    } cases[] = {
        {SCENE_BAD, "sysctl -w net.ipv4.tcp_timestamps=1", "sysctl -w net.ipv4.tcp_timestamps=0"},
        {SCENE_BETWEEN, "sysctl -w net.ipv4.tcp_max_tw_buckets=262144", "sysctl -w net.ipv4.tcp_max_tw_buckets=1000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct scene scene;
        scene_begin(&scene);
        scene_sample(&scene, put_settings, cases[i].state);
        assert_string_equal(scene_text(&scene, "tuning_inconsistent", FINDINGS_REMEDY), cases[i].remedy);
        assert_string_equal(scene_text(&scene, "tuning_inconsistent", FINDINGS_UNDO), cases[i].undo);
        scene_end(&scene);
    }
}

static enum host_platform platform;

/* Nobody answers, flows cannot be tracked, a mail server is down and a collector fails. */
static void put_trouble(struct builder *builder, enum scene_state state, double seconds)
{
    (void)state;
    (void)seconds;
    builder_row(builder, &table_host);
    builder_number(builder, HOST_PLATFORM, platform);
    builder_row(builder, &table_tcp_sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, "relay");
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_OUTBOUND);
    builder_number(builder, TCP_SOCKETS_PORT, 1433);
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_SYN_SENT);
    builder_number(builder, TCP_SOCKETS_SOCKETS, 400);
    builder_row(builder, &table_conntrack);
    builder_number(builder, CONNTRACK_ENTRIES, 999);
    builder_number(builder, CONNTRACK_LIMIT, 1000);
    builder_row(builder, &table_mail_servers);
    builder_number(builder, MAIL_SERVERS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVERS_SERVER, "main");
    builder_row(builder, &table_mail_services);
    builder_number(builder, MAIL_SERVICES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVICES_SERVER, "main");
    builder_text(builder, MAIL_SERVICES_SCOPE, "smtpd:25");
    builder_text(builder, MAIL_SERVICES_ADDRESS, "*");
    builder_number(builder, MAIL_SERVICES_PORT, 25);
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_QUEUES_SERVER, "main");
    builder_text(builder, MAIL_QUEUES_QUEUE, "deferred");
    builder_number(builder, MAIL_QUEUES_MESSAGES, 40);
    builder_row(builder, &table_tcp_counters);
    builder_row(builder, &table_listeners);
    builder_number(builder, LISTENERS_PORT, 22);
    builder_row(builder, &table_collectors);
    builder_text(builder, COLLECTORS_COLLECTOR, "tuning");
    builder_number(builder, COLLECTORS_SUCCESS, 0);
}

static void each_system_has_its_own_words(void **state)
{
    (void)state;
    static const struct {
        const char *finding;
        unsigned column;
        const char *words[2]; /* by platform */
    } cases[] = {
        {"connect_timeouts",
         FINDINGS_REMEDY,
         {"ss -tn state syn-sent '( dport = :1433 )'",
          "powershell Get-NetTCPConnection -State SynSent -RemotePort 1433"}},
        {"conntrack_filling",
         FINDINGS_REMEDY,
         {"sysctl -w net.netfilter.nf_conntrack_max=2000", "powershell Get-NetNatSession"}},
        {"conntrack_filling", FINDINGS_UNDO, {"sysctl -w net.netfilter.nf_conntrack_max=1000", ""}},
        {"mail_server_down",
         FINDINGS_REMEDY,
         {"journalctl -u 'postfix*' -n 50; systemctl start postfix",
          "powershell Get-WinEvent -LogName System,Application -MaxEvents 50 & net start postfix"}},
        {"mail_server_down", FINDINGS_UNDO, {"systemctl stop postfix", "net stop postfix"}},
        {"collector_failing",
         FINDINGS_REMEDY,
         {"journalctl -u chokepoint --since -10min",
          "powershell Get-Content $env:ProgramData\\chokepoint\\chokepoint.log -Tail 50"}},
    };
    for (platform = HOST_LINUX; platform <= HOST_WINDOWS; platform++) {
        struct scene scene;
        scene_begin(&scene);
        scene_play(&scene, put_trouble, SCENE_BAD, 1200);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
            assert_string_equal(scene_text(&scene, cases[i].finding, cases[i].column), cases[i].words[platform]);
        scene_end(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_void_limit_is_set_to_half_of_the_other_and_back),
        cmocka_unit_test(the_setting_that_is_wrong_is_put_back),
        cmocka_unit_test(each_system_has_its_own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
