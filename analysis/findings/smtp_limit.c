/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/smtp_limit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/findings/connector.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/mail_connections.h"

const struct option smtp_limit_options[] = {
    FINDING_REAL(smtp_limit_options, warning, "0.8", 1, "share of the limit that is taken, in two samples"),
    FINDING_REAL(smtp_limit_options, critical, "0.95", 1, "the same, for the hold time"),
    FINDING_DURATION(smtp_limit_options, hold, "30s", "critical: how long it must be so"),
    FINDING_CLEAR(smtp_limit_options, "2m"),
    OPTION_END,
};

/* Below it 50 more are enough for one step. */
#define SMALL_LIMIT 200

static const struct table *const table = &table_mail_server_connections;
static const double slack = 0.9;

/* One service and what it has. */
struct service {
    enum mail_mta mta;
    const char *server;
    const char *scope;
    double connections;
    double limit;
    double ratio;
    uint64_t waiting;
    uint64_t peak_day;
    const char *peer; /* with most of them; "" where nobody is known */
    uint64_t of_peer;
    char subject[160];
};

static bool is_of(const struct builder *builder, size_t row, const struct service *service, enum tcp_role role)
{
    const struct table *peers = &table_mail_connections;
    return builder_get_number(builder, peers, row, MAIL_CONNECTIONS_ROLE) == role &&
           strcmp(builder_get_text(builder, peers, row, MAIL_CONNECTIONS_SERVER), service->server) == 0 &&
           strcmp(builder_get_text(builder, peers, row, MAIL_CONNECTIONS_SCOPE), service->scope) == 0;
}

static void name_peer(const struct builder *builder, struct service *service, enum tcp_role role)
{
    const struct table *peers = &table_mail_connections;
    for (size_t row = 0; row < builder_row_count(builder, peers); row++) {
        uint64_t connections = builder_get_number(builder, peers, row, MAIL_CONNECTIONS_CONNECTIONS);
        if (!is_of(builder, row, service, role) || connections <= service->of_peer)
            continue;
        service->of_peer = connections;
        service->peer = builder_get_text(builder, peers, row, MAIL_CONNECTIONS_PEER);
    }
}

static struct service service_at(const struct builder *builder, size_t row, enum tcp_role role)
{
    struct service service = {
        .mta = (enum mail_mta)builder_get_number(builder, table, row, MAIL_SERVER_CONNECTIONS_MTA),
        .server = builder_get_text(builder, table, row, MAIL_SERVER_CONNECTIONS_SERVER),
        .scope = builder_get_text(builder, table, row, MAIL_SERVER_CONNECTIONS_SCOPE),
        .connections = builder_get_real(builder, table, row, MAIL_SERVER_CONNECTIONS_CONNECTIONS),
        .limit = builder_get_real(builder, table, row, MAIL_SERVER_CONNECTIONS_LIMIT),
        .ratio = builder_get_real(builder, table, row, MAIL_SERVER_CONNECTIONS_RATIO),
        .waiting = builder_get_number(builder, table, row, MAIL_SERVER_CONNECTIONS_WAITING),
        .peak_day = builder_get_number(builder, table, row, MAIL_SERVER_CONNECTIONS_PEAK_DAY),
        .peer = "",
    };
    (void)snprintf(service.subject, sizeof(service.subject), "%s %s %s", mail_mta_words[service.mta], service.server,
                   service.scope);
    name_peer(builder, &service, role);
    return service;
}

static void say(const struct service *service, enum tcp_role role, struct text *sentence)
{
    text_format(sentence, "%s of at most %s %s SMTP connections of %s are taken (%s)",
                words_real(service->connections).text, words_real(service->limit).text,
                role == TCP_ROLE_INBOUND ? "inbound" : "outbound", service->subject, words_ratio(service->ratio).text);
    if (service->waiting > 0)
        text_format(sentence, ", and %s wait", words_count(service->waiting).text);
    if (service->peak_day > 0)
        text_format(sentence, "; today's peak is %s", words_count(service->peak_day).text);
    if (service->peer[0])
        text_format(sentence, "; %s has most, %s", service->peer, words_count(service->of_peer).text);
    text_string(sentence, ".");
}

/* The setting and what it was, as commands or, where there is none, as the line of a configuration. */
static void write_setting(struct finding *finding, const char *setting, double wanted, double now, const char *then)
{
    text_format(&finding->remedy, "%s%.0f%s", setting, wanted, then);
    text_format(&finding->undo, "%s%.0f%s", setting, now, then);
}

static void advise(const struct builder *builder, const struct service *service, enum tcp_role role,
                   struct finding *finding)
{
    bool inbound = role == TCP_ROLE_INBOUND;
    double now = service->limit, wanted = floor(now) + (now < SMALL_LIMIT ? 50 : 100);
    text_string(&finding->cure, inbound
                                    ? "See whether they are many clients or one, and how long each stays: a scanner "
                                      "or a slow filter holds connections for nothing."
                                    : "See which next hop is slow: its deliveries hold the connections.");
    text_string(&finding->caveat, "Raise it by 50 or 100, watch the peak hours, repeat; each one costs memory.");
    if (service->mta == MAIL_POSTFIX) {
        write_setting(finding, "postconf -e default_process_limit=", wanted, now, " && postfix reload");
        text_string(&finding->caveat, " A limit in master.cf wins over this one.");
    } else if (service->mta == MAIL_EXIM) {
        write_setting(finding, inbound ? "smtp_accept_max = " : "remote_max_parallel = ", wanted, now, "");
        text_string(&finding->caveat, " It is a line of Exim's main configuration, read again at SIGHUP.");
    } else if (service->mta == MAIL_EXCHANGE && inbound) {
        connector_raise_total(&(struct connector){builder, service->server, service->scope}, wanted, finding);
    } else if (service->mta == MAIL_EXCHANGE) {
        write_setting(finding, "Set-TransportService $env:COMPUTERNAME -MaxOutboundConnections ", wanted, now, "");
    }
}

static void look_at(struct findings *findings, size_t row, const struct smtp_limit_options *set, enum tcp_role role)
{
    const struct service service = service_at(findings_builder(findings), row, role);
    bool full = service.ratio >= set->critical, still = service.ratio >= set->warning * slack;
    const struct finding_condition conditions[] = {
        {"near", FINDING_WARNING, service.ratio >= set->warning, still, FINDING_TWO_SAMPLES},
        {"full", FINDING_CRITICAL, full, still, set->hold},
    };
    enum finding_level level = findings_weigh(findings, service.subject, NULL, conditions, 2);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = service.subject;
    finding->has_mta = true;
    finding->mta = service.mta;
    finding->server = service.server;
    say(&service, role, &finding->sentence);
    advise(findings_builder(findings), &service, role, finding);
    findings_raise(findings, level, finding);
}

void smtp_limit_evaluate(struct findings *findings, const struct smtp_limit_options *set, enum tcp_role role)
{
    const struct builder *builder = findings_builder(findings);
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (builder_get_number(builder, table, row, MAIL_SERVER_CONNECTIONS_ROLE) == role &&
            builder_has(builder, table, row, MAIL_SERVER_CONNECTIONS_MTA) &&
            builder_has(builder, table, row, MAIL_SERVER_CONNECTIONS_RATIO))
            look_at(findings, row, set, role);
}
