/* SPDX-License-Identifier: Apache-2.0
 * Mail servers that look alarming and are well, for a day each; and for each a worse one that is not. */
#include <math.h>
#include <stdio.h>

#include "snapshot/tables/mail_destinations.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/mail_servers.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"
#include "tests/analysis/replay.h"
#include "tests/cmocka.h"

static void put_limit(struct builder *builder, enum mail_limit limit, const char *native, double value)
{
    builder_row(builder, &table_mail_limits);
    builder_number(builder, MAIL_LIMITS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_LIMITS_SERVER, "main");
    builder_text(builder, MAIL_LIMITS_SCOPE, "smtpd:25");
    builder_number(builder, MAIL_LIMITS_LIMIT, limit);
    builder_text(builder, MAIL_LIMITS_NATIVE, native);
    builder_real(builder, MAIL_LIMITS_VALUE, value);
}

/* A Postfix that runs, with the limits that it comes with, on a host that does little else. */
static void put_server(struct builder *builder, double seconds)
{
    static const struct replay_ports ports = {32768, 60999, false};
    static const struct replay_flow flow = {"198.51.100.25:25", "smtp", 12, NULL};
    replay_put_flows(builder, &ports, &flow, 1, seconds);
    replay_put_collectors(builder);
    builder_row(builder, &table_mail_servers);
    builder_number(builder, MAIL_SERVERS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVERS_SERVER, "main");
    builder_number(builder, MAIL_SERVERS_FREE, UINT64_C(20000000000));
    builder_number(builder, MAIL_SERVERS_REQUIRED, 15360000);
    builder_row(builder, &table_mail_services);
    builder_number(builder, MAIL_SERVICES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_SERVICES_SERVER, "main");
    builder_text(builder, MAIL_SERVICES_SCOPE, "smtpd:25");
    builder_number(builder, MAIL_SERVICES_ROLE, TCP_ROLE_INBOUND);
    builder_text(builder, MAIL_SERVICES_ADDRESS, "*");
    builder_number(builder, MAIL_SERVICES_PORT, 25);
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTIONS, "default_process_limit", 100);
    put_limit(builder, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, "smtpd_client_connection_count_limit", 50);
    builder_row(builder, &table_listeners);
    builder_text(builder, LISTENERS_PROCESS, "master");
    builder_text(builder, LISTENERS_ADDRESS, "*");
    builder_number(builder, LISTENERS_PORT, 25);
    builder_number(builder, LISTENERS_QUEUE, 0);
    builder_number(builder, LISTENERS_QUEUE_LIMIT, 100);
}

/* One queue; over_5m and over_1h messages of it are older than that. */
static void put_queue(struct builder *builder, const char *queue, double messages, double oldest, double over_5m,
                      double over_1h)
{
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_QUEUES_SERVER, "main");
    builder_text(builder, MAIL_QUEUES_QUEUE, queue);
    builder_number(builder, MAIL_QUEUES_MESSAGES, (uint64_t)messages);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, oldest);
    builder_number(builder, MAIL_QUEUES_OVER_5M, (uint64_t)over_5m);
    builder_number(builder, MAIL_QUEUES_OVER_1H, (uint64_t)over_1h);
}

static void put_peer(struct builder *builder, const char *peer, double connections, double accepted)
{
    builder_row(builder, &table_tcp_mail_peers);
    builder_text(builder, TCP_MAIL_PEERS_PROCESS, "smtpd");
    builder_number(builder, TCP_MAIL_PEERS_ROLE, TCP_ROLE_INBOUND);
    builder_text(builder, TCP_MAIL_PEERS_LOCAL, "192.0.2.1");
    builder_number(builder, TCP_MAIL_PEERS_PORT, 25);
    builder_text(builder, TCP_MAIL_PEERS_PEER, peer);
    builder_number(builder, TCP_MAIL_PEERS_CONNECTIONS, (uint64_t)connections);
    builder_number(builder, TCP_MAIL_PEERS_ACCEPTED, (uint64_t)accepted);
}

/* What one domain's messages were told. */
static void put_destination(struct builder *builder, const char *domain, const char *dsn, const char *reason,
                            double messages)
{
    builder_row(builder, &table_mail_destinations);
    builder_number(builder, MAIL_DESTINATIONS_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_DESTINATIONS_SERVER, "main");
    builder_text(builder, MAIL_DESTINATIONS_QUEUE, "deferred");
    builder_text(builder, MAIL_DESTINATIONS_DOMAIN, domain);
    builder_text(builder, MAIL_DESTINATIONS_DSN, dsn);
    builder_text(builder, MAIL_DESTINATIONS_REASON, reason);
    builder_number(builder, MAIL_DESTINATIONS_MESSAGES, (uint64_t)messages);
}

/* 200 users behind one address: 42 connections at noon, and now and then for a moment all 50 that one source may have.
 * Worse: they have them for good. */
static void put_office(struct builder *builder, enum scene_state state, double seconds)
{
    bool all = state == SCENE_BAD || fmod(seconds, 900) < 5;
    put_server(builder, seconds);
    put_peer(builder, "203.0.113.80", all ? 50 : 42 * replay_busy(seconds) * replay_noise(seconds, 0.05), seconds);
    put_peer(builder, "203.0.113.9", 8 * replay_noise(seconds, 0.9), seconds / 3);
    put_queue(builder, "active", 4, 3, 0, 0);
}

/* The same with clients that keep their connections, all 50, on a host that accepts others for the web all day. Worse:
 * there are more clients. */
static void put_patient_office(struct builder *builder, enum scene_state state, double seconds)
{
    put_server(builder, seconds);
    put_peer(builder, "203.0.113.80", 50, state == SCENE_BAD ? seconds / 20 : 50);
    put_queue(builder, "active", 4, 3, 0, 0);
}

/* Bounces to whom nobody takes anything, each for five days: as many come as expire. Worse: from ten on a great next
 * hop takes nothing either. */
static void put_relay(struct builder *builder, enum scene_state state, double seconds)
{
    double wave = sin(seconds / REPLAY_DAY * 6.28), bounces = 1900 + 150 * wave;
    double stuck = state == SCENE_BAD ? fmax(seconds - 10 * REPLAY_HOUR, 0) * 0.5 : 0;
    double stuck_long = state == SCENE_BAD ? fmax(seconds - 11 * REPLAY_HOUR, 0) * 0.5 : 0;
    put_server(builder, seconds);
    put_queue(builder, "deferred", bounces * replay_noise(seconds, 0.01) + stuck, 432000, bounces + stuck,
              bounces * 0.97 + stuck_long);
    put_destination(builder, "spam.example", "4.4.1", "Connection timed out", bounces * 0.1);
    put_destination(builder, "great.example", "4.4.1", "Connection refused", stuck);
    put_queue(builder, "active", 30 * replay_busy(seconds) * replay_noise(seconds, 0.8), 1800, 12, 4);
    put_queue(builder, "incoming", 3 * replay_noise(seconds, 0.9), 2, 0, 0);
}

/* New senders are told to come back in five to sixty minutes: so many wait, and go. Worse: they are never let in. */
static void put_greylisted(struct builder *builder, enum scene_state state, double seconds)
{
    double waiting = 180 * replay_busy(seconds) * replay_noise(seconds, 0.2);
    double refused = state == SCENE_BAD ? seconds / 30 : 0, refused_long = fmax(refused - 120, 0);
    put_server(builder, seconds);
    put_queue(builder, "deferred", waiting + refused, 3300 + refused * 30, waiting * 0.9 + refused,
              waiting * 0.05 + refused_long);
    put_destination(builder, "grey.example", "4.7.1", "450 4.7.1 Greylisted, come back later", waiting * 0.6);
    put_queue(builder, "active", 5 * replay_noise(seconds, 0.8), 30, 0, 0);
}

/* 20,000 messages at nine and at three in three minutes, worked off at ten a second. Worse: at one a second. */
static double newsletter_left(double seconds, double hour, double per_second)
{
    double since = fmod(seconds, REPLAY_DAY) - hour * REPLAY_HOUR;
    if (since < 0)
        return 0;
    return fmax(fmin(since, 180) / 180 * 20000 - since * per_second, 0);
}

static void put_newsletter(struct builder *builder, enum scene_state state, double seconds)
{
    double rate = state == SCENE_BAD ? 1 : 10;
    double morning = newsletter_left(seconds, 9, rate), afternoon = newsletter_left(seconds, 15, rate);
    double left = morning + afternoon, since = fmod(seconds, REPLAY_DAY) - (afternoon > 0 ? 15 : 9) * REPLAY_HOUR;
    double active = fmin(left, 15000), incoming = left - active;
    put_server(builder, seconds);
    put_queue(builder, "incoming", incoming, incoming >= 1 ? since : 0, since > 300 ? incoming : 0, 0);
    put_queue(builder, "active", active, active >= 1 ? since : 0, since > 300 ? active : 0, 0);
    put_queue(builder, "deferred", 300 + 20 * replay_noise(seconds, 1), 400000, 300, 290);
}

static const struct replay_host hosts[] = {
    {"NAT'd office as one source", put_office, "mail_source_throttled", FINDING_SEVERITY_WARNING},
    {"patient clients on a web server", put_patient_office, "mail_source_throttled", FINDING_SEVERITY_WARNING},
    {"Internet relay with five-day bounces", put_relay, "mail_queue_old", FINDING_SEVERITY_WARNING},
    {"greylisting", put_greylisted, "mail_queue_old", FINDING_SEVERITY_WARNING},
    {"newsletter burst", put_newsletter, "mail_queue_old", FINDING_SEVERITY_WARNING},
};

static void benign_mail_servers_are_silent(void **state)
{
    (void)state;
    replay_hosts(hosts, sizeof(hosts) / sizeof(hosts[0]), FINDING_SEVERITY_INFO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(benign_mail_servers_are_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
