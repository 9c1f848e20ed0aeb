/* SPDX-License-Identifier: Apache-2.0
 * Hosts whose connections look alarming and are well, for a day each; and for each a worse one that is not. */
#include <math.h>

#include "snapshot/tables/collectors.h"
#include "snapshot/tables/conntrack.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"
#include "tests/analysis/replay.h"
#include "tests/cmocka.h"

static const struct replay_ports usual = {32768, 60999, false}, reusing = {32768, 60999, true},
                                 wide = {1024, 65535, false};

#define SQL_SERVER "198.51.100.7:1433"

static void put_flow(struct builder *builder, const struct replay_ports *ports, const char *process, double live,
                     double (*per_second)(double second), double seconds)
{
    const struct replay_flow flows[] = {
        {SQL_SERVER, process, live, per_second},
        {"198.51.100.9:443", "updater", 3, NULL},
    };
    replay_put_flows(builder, ports, flows, 2, seconds);
    replay_put_collectors(builder);
}

/* Half of the ports are in TIME_WAIT all day, and each of them may be reused. Worse: without reuse they run out. */
static double proxy_rate(double second)
{
    return 600 * replay_noise(second, 0.05);
}

static void put_proxy(struct builder *builder, enum scene_state state, double seconds)
{
    put_flow(builder, state == SCENE_BAD ? &usual : &reusing, "proxy", 200, proxy_rate, seconds);
}

/* 165 a second settle at 35 %, for good. Worse: 212 settle at 45 %. */
static double plateau_rate(double second)
{
    return 164.7 * replay_noise(second, 0.05);
}

static double high_plateau_rate(double second)
{
    return 212 * replay_noise(second, 0.05);
}

static void put_plateau(struct builder *builder, enum scene_state state, double seconds)
{
    put_flow(builder, &usual, "worker", 10, state == SCENE_BAD ? high_plateau_rate : plateau_rate, seconds);
}

/* A bridge that holds half of the ports and opens one connection a minute. Worse: it opens and closes forty a second on
 * top of them, and each searches long. */
static double bridge_rate(double second)
{
    return fmod(second, 60) < 5 ? 0.2 : 0;
}

static double busy_bridge_rate(double second)
{
    return 40 * replay_noise(second, 0.1);
}

static void put_bridge(struct builder *builder, enum scene_state state, double seconds)
{
    put_flow(builder, &usual, "bridge", 14000, state == SCENE_BAD ? busy_bridge_rate : bridge_rate, seconds);
}

/* Nine minutes of load at the beginning of each hour. Worse: it goes on. */
static double generated_rate(double second)
{
    return fmod(second, REPLAY_HOUR) < 540 ? 220 : 0;
}

static double endless_rate(double second)
{
    return 220 * replay_noise(second, 0.02);
}

static void put_generator(struct builder *builder, enum scene_state state, double seconds)
{
    put_flow(builder, &usual, "wrk", 50, state == SCENE_BAD ? endless_rate : generated_rate, seconds);
}

/* Ten seconds of 700 a second towards one destination, every quarter of an hour and each time a second later in the
 * sample: a quarter of the ports. Nobody can know that it ends, but it calls nobody. Worse: it does not end. */
static double burst_rate(double second)
{
    double begin = fmod(floor(second / 900), 5);
    double since = fmod(second, 900) - begin;
    return since >= 0 && since < 10 ? 700 : 2;
}

static double endless_burst_rate(double second)
{
    return second < 600 ? 2 : 700;
}

static void put_burst(struct builder *builder, enum scene_state state, double seconds)
{
    put_flow(builder, &usual, "batch", 20, state == SCENE_BAD ? endless_burst_rate : burst_rate, seconds);
}

/* At night everything is copied: connections, flows, short jams of the accept queue, and a report from every host.
 * Worse: twice as many connections. */
static double backup_rate(double second)
{
    return replay_within(second, 2, 2400) ? 110 * replay_noise(second, 0.1) : 2;
}

static double heavy_backup_rate(double second)
{
    return replay_within(second, 2, 2400) ? 230 * replay_noise(second, 0.1) : 2;
}

static void put_reports(struct builder *builder, double seconds)
{
    double since = fmod(seconds, REPLAY_DAY) - 2 * REPLAY_HOUR;
    double left = since < 0 || since > 600 ? 0 : fmin(since * 14, 840) * fmin(1, (600 - since) / 540);
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_QUEUES_SERVER, "main");
    builder_text(builder, MAIL_QUEUES_QUEUE, "maildrop");
    builder_number(builder, MAIL_QUEUES_MESSAGES, (uint64_t)left);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, left >= 1 ? since : 0);
    builder_number(builder, MAIL_QUEUES_OVER_5M, since > 300 ? (uint64_t)left : 0);
}

static void put_backup(struct builder *builder, enum scene_state state, double seconds)
{
    bool copies = replay_within(seconds, 2, 2400);
    put_flow(builder, &usual, "backup", 20, state == SCENE_BAD ? heavy_backup_rate : backup_rate, seconds);
    put_reports(builder, seconds);
    builder_row(builder, &table_conntrack);
    builder_number(builder, CONNTRACK_ENTRIES, copies ? 170000 : 9000);
    builder_number(builder, CONNTRACK_LIMIT, 262144);
    builder_row(builder, &table_listeners);
    builder_text(builder, LISTENERS_PROCESS, "rsync");
    builder_text(builder, LISTENERS_ADDRESS, "*");
    builder_number(builder, LISTENERS_PORT, 873);
    builder_number(builder, LISTENERS_QUEUE, copies && fmod(seconds, 30) < 5 ? 5 : 0);
    builder_number(builder, LISTENERS_QUEUE_LIMIT, 5);
}

/* Idle connections of a pool that the other side has closed: they become more for 25 minutes, and are cleaned up.
 * Worse: nobody cleans up. */
static void put_pool(struct builder *builder, enum scene_state state, double seconds)
{
    double sockets = state == SCENE_BAD ? 200 + seconds / 6 : 500 + fmod(seconds, 1500) / 5;
    put_flow(builder, &usual, "java", 300, NULL, seconds);
    builder_row(builder, &table_tcp_sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, "java");
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_OUTBOUND);
    builder_number(builder, TCP_SOCKETS_PORT, 1433);
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_CLOSE_WAIT);
    builder_number(builder, TCP_SOCKETS_SOCKETS, (uint64_t)sockets);
}

/* Every port but the first ones is ephemeral, servers' ports among them. Worse: ports run short all the same. */
static double wide_rate(double second)
{
    return 300 * replay_noise(second, 0.1) * replay_busy(second);
}

static double too_much_for_wide(double second)
{
    return 1200 * replay_noise(second, 0.1) * replay_busy(second);
}

static void put_wide(struct builder *builder, enum scene_state state, double seconds)
{
    static const unsigned servers[] = {3306, 5432, 8080, 10421};
    put_flow(builder, &wide, "proxy", 100, state == SCENE_BAD ? too_much_for_wide : wide_rate, seconds);
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        builder_row(builder, &table_listeners);
        builder_text(builder, LISTENERS_PROCESS, "server");
        builder_text(builder, LISTENERS_ADDRESS, "*");
        builder_number(builder, LISTENERS_PORT, servers[i]);
        builder_number(builder, LISTENERS_QUEUE, (uint64_t)(6 * replay_noise(seconds + servers[i], 1)));
        builder_number(builder, LISTENERS_QUEUE_LIMIT, 128);
    }
}

/* Owners and queues that may not be read never could be. Worse: they could, for the first hour. */
static void put_unprivileged(struct builder *builder, enum scene_state state, double seconds)
{
    bool readable = state == SCENE_BAD && seconds < REPLAY_HOUR;
    put_flow(builder, &usual, "unknown", 40, plateau_rate, seconds);
    builder_row(builder, &table_tcp_states);
    builder_number(builder, TCP_STATES_STATE, TCP_STATE_CLOSE_WAIT);
    builder_number(builder, TCP_STATES_SOCKETS, 12000);
    builder_number(builder, TCP_STATES_UNKNOWN, 12000);
    builder_row(builder, &table_sources);
    builder_text(builder, SOURCES_COLLECTOR, "mail");
    builder_text(builder, SOURCES_SOURCE, "postfix:main");
    builder_number(builder, SOURCES_SUCCESS, readable);
    if (!readable)
        builder_text(builder, SOURCES_ERROR, "/var/spool/postfix/deferred: Permission denied");
}

static const struct replay_host hosts[] = {
    {"pooled proxy with tcp_tw_reuse=1", put_proxy, "ephemeral_ports_filling", FINDING_SEVERITY_CRITICAL},
    {"plateau at 35 %", put_plateau, "ephemeral_ports_filling", FINDING_SEVERITY_WARNING},
    {"14,000 long-lived connections", put_bridge, "ephemeral_ports_filling", FINDING_SEVERITY_CRITICAL},
    {"load generator", put_generator, "ephemeral_ports_filling", FINDING_SEVERITY_WARNING},
    {"backup window", put_backup, "ephemeral_ports_filling", FINDING_SEVERITY_WARNING},
    {"idle pools in CLOSE_WAIT", put_pool, "close_wait_leak", FINDING_SEVERITY_WARNING},
    {"port range 1024-65535", put_wide, "ephemeral_ports_filling", FINDING_SEVERITY_CRITICAL},
    {"unprivileged agent", put_unprivileged, "mail_unreadable", FINDING_SEVERITY_WARNING},
};

static void benign_hosts_are_silent(void **state)
{
    (void)state;
    replay_hosts(hosts, sizeof(hosts) / sizeof(hosts[0]), FINDING_SEVERITY_INFO);
}

static void a_burst_calls_nobody(void **state)
{
    (void)state;
    static const struct replay_host host = {"bursts of ten seconds", put_burst, "ephemeral_ports_filling",
                                            FINDING_SEVERITY_CRITICAL};
    replay_hosts(&host, 1, FINDING_SEVERITY_WARNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(benign_hosts_are_silent),
        cmocka_unit_test(a_burst_calls_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
