/* SPDX-License-Identifier: Apache-2.0
 * Two limits of a mail server that are each allowed, while one makes the other void. Info, unless the connections that
 * they bound were short within a day (docs/decisions/0011). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/findings/connector.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/tuning_case.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/tcp_sockets.h"

static const struct table *const table = &table_mail_limits;

/* A limit that is void while it is above `most` of another one of the same scope. */
struct pair {
    const char *name; /* stable, and short: it is part of the subject */
    enum mail_limit limit;
    enum mail_limit with;
    double (*most)(double with);
    enum tcp_role role;
    const char *why;
};

static double whole(double with)
{
    return with;
}

static double below(double with)
{
    return nextafter(with, 0);
}

static const struct pair pairs[] = {
    {"source over total", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, MAIL_LIMIT_INBOUND_CONNECTIONS, whole,
     TCP_ROLE_INBOUND, "one source may take all connections, and the limit for each source stops nobody"},
    {"source rate over rate", MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE_PER_SOURCE,
     MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE, whole, TCP_ROLE_INBOUND,
     "one source may take the whole rate, and the limit for each source stops nobody"},
    {"domain over total", MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, MAIL_LIMIT_OUTBOUND_CONNECTIONS, whole,
     TCP_ROLE_OUTBOUND, "one slow domain may take all connections, and mail for everybody waits"},
    {"idle over session", MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, MAIL_LIMIT_CONNECTION_TIMEOUT_SECONDS, below,
     TCP_ROLE_INBOUND, "a session is cut before it can be idle for so long, in the middle of a message"},
};

/* One row of mail_limits. */
struct setting {
    enum mail_mta mta;
    const char *server;
    const char *scope;
    const char *native;
    const char *origin; /* where it is set; "" where it is the default */
    double value;
};

static struct setting setting_at(const struct builder *builder, size_t row)
{
    return (struct setting){
        .mta = (enum mail_mta)builder_get_number(builder, table, row, MAIL_LIMITS_MTA),
        .server = builder_get_text(builder, table, row, MAIL_LIMITS_SERVER),
        .scope = builder_get_text(builder, table, row, MAIL_LIMITS_SCOPE),
        .native = builder_get_text(builder, table, row, MAIL_LIMITS_NATIVE),
        .origin = builder_get_text(builder, table, row, MAIL_LIMITS_ORIGIN),
        .value = builder_get_real(builder, table, row, MAIL_LIMITS_VALUE),
    };
}

static bool is_set(const struct builder *builder, size_t row, enum mail_limit limit)
{
    return builder_get_number(builder, table, row, MAIL_LIMITS_LIMIT) == limit &&
           builder_has(builder, table, row, MAIL_LIMITS_VALUE) &&
           isfinite(builder_get_real(builder, table, row, MAIL_LIMITS_VALUE));
}

static bool same_scope(const struct setting *a, const struct setting *b)
{
    return a->mta == b->mta && strcmp(a->server, b->server) == 0 && strcmp(a->scope, b->scope) == 0;
}

static bool is_used(const struct builder *builder, const struct setting *setting, enum tcp_role role, double share)
{
    const struct table *services = &table_mail_server_connections;
    for (size_t row = 0; row < builder_row_count(builder, services); row++)
        if (builder_get_number(builder, services, row, MAIL_SERVER_CONNECTIONS_ROLE) == role &&
            strcmp(builder_get_text(builder, services, row, MAIL_SERVER_CONNECTIONS_SERVER), setting->server) == 0 &&
            builder_get_real(builder, services, row, MAIL_SERVER_CONNECTIONS_RATIO) > share)
            return true;
    return false;
}

/* Whether a finding about the connections of this server stands, as a warning or worse. */
static bool is_short(const struct builder *builder, const struct setting *setting, enum tcp_role role)
{
    static const char *const inbound[] = {"mail_inbound_limit", "mail_source_throttled"};
    static const char *const outbound[] = {"mail_outbound_limit", "mail_destination_throttles_us"};
    const char *const *names = role == TCP_ROLE_INBOUND ? inbound : outbound;
    for (size_t row = 0; row < builder_row_count(builder, &table_findings); row++) {
        const char *name = builder_get_text(builder, &table_findings, row, FINDINGS_FINDING);
        if ((strcmp(name, names[0]) == 0 || strcmp(name, names[1]) == 0) &&
            strcmp(builder_get_text(builder, &table_findings, row, FINDINGS_SERVER), setting->server) == 0 &&
            builder_get_number(builder, &table_findings, row, FINDINGS_SEVERITY) >= FINDING_SEVERITY_WARNING)
            return true;
    }
    return false;
}

static bool is_felt(struct findings *findings, const struct setting *setting, enum tcp_role role, const char *subject,
                    const struct tuning_case_options *set)
{
    const struct builder *builder = findings_builder(findings);
    double window = (double)set->use_window / 1e9;
    double used = findings_seconds_since(findings, subject, NULL, "use", is_used(builder, setting, role, set->use));
    double lacked = findings_seconds_since(findings, subject, NULL, "lack", is_short(builder, setting, role));
    return used <= window && lacked <= window;
}

static void advise_postfix(const struct setting *setting, double wanted, struct finding *finding)
{
    static const char master_cf[] = "master.cf";
    if (strcmp(setting->origin, master_cf) == 0) {
        text_format(&finding->cure, " It is set in %s.", master_cf);
        return;
    }
    text_format(&finding->remedy, "postconf -e %s=%.0f && postfix reload", setting->native, wanted);
    if (setting->origin[0])
        text_format(&finding->undo, "postconf -e %s=%.0f && postfix reload", setting->native, setting->value);
    else
        text_format(&finding->undo, "postconf -X %s && postfix reload", setting->native);
}

/* As Exchange's cmdlets want it: a time span where it is one. */
static struct words exchange_value(enum mail_limit limit, double value)
{
    struct words words;
    unsigned seconds = (unsigned)value;
    if (limit == MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS)
        (void)snprintf(words.text, sizeof(words.text), "%02u:%02u:%02u", seconds / 3600, seconds / 60 % 60,
                       seconds % 60);
    else
        (void)snprintf(words.text, sizeof(words.text), "%.0f", value);
    return words;
}

static void advise_exchange(const struct builder *builder, const struct setting *setting, enum mail_limit limit,
                            double wanted, struct finding *finding)
{
    static const char cmdlet[] = "Set-TransportService $env:COMPUTERNAME";
    const struct words then = exchange_value(limit, wanted), now = exchange_value(limit, setting->value);
    if (strncmp(setting->scope, "receive_connector:", strlen("receive_connector:")) == 0) {
        connector_set(&(struct connector){builder, setting->server, setting->scope}, setting->native, then.text,
                      now.text, finding);
        return;
    }
    text_format(&finding->remedy, "%s -%s %s", cmdlet, setting->native, then.text);
    text_format(&finding->undo, "%s -%s %s", cmdlet, setting->native, now.text);
}

/* Half of what the other limit allows is what Postfix comes with. */
static void advise(const struct builder *builder, const struct setting *setting, enum mail_limit limit, double wanted,
                   struct finding *finding)
{
    if (setting->mta == MAIL_POSTFIX) {
        advise_postfix(setting, wanted, finding);
    } else if (setting->mta == MAIL_EXCHANGE) {
        advise_exchange(builder, setting, limit, wanted, finding);
    } else {
        text_format(&finding->remedy, "%s = %.0f", setting->native, wanted);
        text_format(&finding->undo, "%s = %.0f", setting->native, setting->value);
        text_string(&finding->caveat, "It is a line of the server's configuration. ");
    }
}

static void report(struct findings *findings, enum finding_level level, const struct pair *pair,
                   const struct setting *setting, const struct setting *with, const char *subject)
{
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->has_mta = true;
    finding->mta = setting->mta;
    finding->server = setting->server;
    text_format(&finding->sentence, "%s of %s %s %s is %s, and %s is %s: %s.", setting->native,
                mail_mta_words[setting->mta], setting->server, setting->scope, words_real(setting->value).text,
                with->native, words_real(with->value).text, pair->why);
    text_string(&finding->cure, "Decide which of the two is meant, and change the other one.");
    advise(findings_builder(findings), setting, pair->limit, floor(fmax(with->value / 2, 1)), finding);
    text_string(&finding->caveat, "Both hold together: raising one alone may change nothing.");
    findings_raise(findings, level, finding);
}

static void look_at(struct findings *findings, const struct pair *pair, size_t row, size_t other,
                    const struct tuning_case_options *set)
{
    const struct builder *builder = findings_builder(findings);
    const struct setting setting = setting_at(builder, row), with = setting_at(builder, other);
    char subject[200];
    bool clash = setting.value > pair->most(with.value) && with.value > 0;
    (void)snprintf(subject, sizeof(subject), "%s of %s %s", pair->name, setting.server, setting.scope);
    const struct finding_condition conditions[] = {
        {"set", FINDING_INFO, clash, false, FINDING_AT_ONCE},
        {"felt", FINDING_WARNING, clash && is_felt(findings, &setting, pair->role, subject, set), false,
         FINDING_AT_ONCE},
    };
    enum finding_level level = findings_weigh(findings, subject, NULL, conditions, 2);
    if (level != FINDING_NONE)
        report(findings, level, pair, &setting, &with, subject);
}

/* The first limit that goes with this one. */
static void look_for(struct findings *findings, const struct pair *pair, size_t row,
                     const struct tuning_case_options *set)
{
    const struct builder *builder = findings_builder(findings);
    const struct setting setting = setting_at(builder, row);
    for (size_t other = 0; other < builder_row_count(builder, table); other++) {
        const struct setting with = setting_at(builder, other);
        if (is_set(builder, other, pair->with) && same_scope(&setting, &with)) {
            look_at(findings, pair, row, other, set);
            return;
        }
    }
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        for (size_t row = 0; row < builder_row_count(builder, table); row++)
            if (is_set(builder, row, pairs[i].limit))
                look_for(findings, &pairs[i], row, values);
}

const struct finding_rule finding_mail_limit_inconsistent = {
    .name = "mail_limit_inconsistent",
    .help = "Two limits of a mail server make one another void; a warning only if what they bound was short within a "
            "day.",
    .most = FINDING_SEVERITY_WARNING,
    .options = tuning_case_options,
    .options_size = sizeof(struct tuning_case_options),
    .evaluate = evaluate,
};
