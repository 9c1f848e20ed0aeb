/* SPDX-License-Identifier: Apache-2.0
 * Mail lies in a server's queue, and none of the ports that its configuration names has a listener: nobody takes new
 * mail, and nobody delivers what is there. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/findings/queue_class.h"
#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_servers.h"
#include "snapshot/tables/tcp_counters.h"

struct options {
    struct finding_common common;
    uint64_t messages;
    int64_t hold;
    int64_t critical_hold;
};

static const struct option options[] = {
    FINDING_COUNT(options, messages, "1", "messages that wait, those on hold apart"),
    FINDING_DURATION(options, hold, "2m", "how long nobody may listen: longer than a restart takes"),
    FINDING_DURATION(options, critical_hold, "15m", "critical: the same"),
    FINDING_CLEAR(options, "30s"),
    OPTION_END,
};

static const struct table *const services = &table_mail_services;

/* One mail server: where it should listen, and what waits there. */
struct down_case {
    enum mail_mta mta;
    const char *server;
    unsigned port; /* the first of them; 0: none is known */
    bool listens;
    uint64_t messages;
    double oldest_seconds;
    char subject[96];
};

/* The master of these listens as long as it runs. Exim and Sendmail may as well work off their queue from time to time
 * without a daemon; what Exchange tells may be of another host. */
static bool always_listens(enum mail_mta mta)
{
    return mta == MAIL_POSTFIX || mta == MAIL_OPENSMTPD;
}

static bool is_listened_on(const struct builder *builder, uint64_t port)
{
    for (size_t row = 0; row < builder_row_count(builder, &table_listeners); row++)
        if (builder_get_number(builder, &table_listeners, row, LISTENERS_PORT) == port &&
            !builder_get_text(builder, &table_listeners, row, LISTENERS_NETNS)[0])
            return true;
    return false;
}

static void find_ports(const struct builder *builder, struct down_case *down)
{
    for (size_t row = 0; row < builder_row_count(builder, services); row++) {
        uint64_t port = builder_get_number(builder, services, row, MAIL_SERVICES_PORT);
        if (port == 0 || builder_get_number(builder, services, row, MAIL_SERVICES_MTA) != down->mta ||
            strcmp(builder_get_text(builder, services, row, MAIL_SERVICES_SERVER), down->server) != 0)
            continue;
        if (down->port == 0)
            down->port = (unsigned)port;
        down->listens = down->listens || is_listened_on(builder, port);
    }
}

static void count_messages(const struct builder *builder, struct down_case *down)
{
    const struct table *queues = &table_mail_queues;
    for (size_t row = 0; row < builder_row_count(builder, queues); row++) {
        if (builder_get_number(builder, queues, row, MAIL_QUEUES_MTA) != down->mta ||
            strcmp(builder_get_text(builder, queues, row, MAIL_QUEUES_SERVER), down->server) != 0)
            continue;
        enum queue_class class = queue_class_of(down->mta, builder_get_text(builder, queues, row, MAIL_QUEUES_QUEUE));
        if (class == QUEUE_HELD || class == QUEUE_BROKEN)
            continue;
        down->messages += builder_get_number(builder, queues, row, MAIL_QUEUES_MESSAGES);
        down->oldest_seconds =
            fmax(down->oldest_seconds, builder_get_real(builder, queues, row, MAIL_QUEUES_OLDEST_AGE));
    }
}

static void advise(const struct findings *findings, const struct down_case *down, struct finding *finding)
{
    static const char *const units[] = {[MAIL_POSTFIX] = "postfix",
                                        [MAIL_EXIM] = "exim4",
                                        [MAIL_SENDMAIL] = "sendmail",
                                        [MAIL_OPENSMTPD] = "opensmtpd"};
    const char *unit = units[down->mta];
    text_string(&finding->cure,
                "Read in its log why it ended: a wrong configuration, a port that another program took, "
                "a full disk, or somebody who stopped it.");
    remedies_of(findings)->start_server(unit, finding);
    text_string(&finding->caveat, down->mta == MAIL_POSTFIX
                                      ? "postfix check tells of a wrong configuration before the start does."
                                      : "If it ends again at once, the log tells why: do not start it in a loop.");
}

static void report(struct findings *findings, enum finding_level level, const struct down_case *down)
{
    struct finding *finding = findings_draft(findings);
    finding->subject = down->subject;
    finding->has_mta = true;
    finding->mta = down->mta;
    finding->server = down->server;
    if (down->listens)
        text_format(&finding->sentence, "%s listens on port %u again.", down->subject, down->port);
    else
        text_format(&finding->sentence,
                    "%s does not listen on port %u%s, and %s messages wait in its queues, the oldest for %s.",
                    down->subject, down->port, level == FINDING_CRITICAL ? " for long" : "",
                    words_count(down->messages).text, words_seconds(down->oldest_seconds).text);
    advise(findings, down, finding);
    findings_raise(findings, level, finding);
}

static void look_at(struct findings *findings, size_t row, const struct options *set)
{
    const struct builder *builder = findings_builder(findings);
    struct down_case down = {
        .mta = (enum mail_mta)builder_get_number(builder, &table_mail_servers, row, MAIL_SERVERS_MTA),
        .server = builder_get_text(builder, &table_mail_servers, row, MAIL_SERVERS_SERVER),
    };
    if (down.mta == MAIL_EXCHANGE || down.mta == MAIL_SPOOL)
        return;
    find_ports(builder, &down);
    if (down.port == 0)
        return;
    count_messages(builder, &down);
    (void)snprintf(down.subject, sizeof(down.subject), "%s %s", mail_mta_words[down.mta], down.server);
    bool worked = !isinf(findings_seconds_since(findings, down.subject, NULL, "listened", down.listens));
    bool is_down = !down.listens && down.messages >= set->messages && (worked || always_listens(down.mta));
    const struct finding_condition conditions[] = {
        {"down", FINDING_WARNING, is_down, false, set->hold},
        {"long", FINDING_CRITICAL, is_down, false, set->critical_hold},
    };
    enum finding_level level = findings_weigh(findings, down.subject, NULL, conditions, 2);
    if (level != FINDING_NONE)
        report(findings, level, &down);
}

/* Without a look at our own namespace's sockets nobody listens anywhere. */
static bool sockets_are_known(const struct builder *builder)
{
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_counters); row++)
        if (!builder_get_text(builder, &table_tcp_counters, row, TCP_COUNTERS_NETNS)[0])
            return true;
    return false;
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    if (!sockets_are_known(builder))
        return;
    for (size_t row = 0; row < builder_row_count(builder, &table_mail_servers); row++)
        if (builder_has(builder, &table_mail_servers, row, MAIL_SERVERS_MTA))
            look_at(findings, row, values);
}

const struct finding_rule finding_mail_server_down = {
    .name = "mail_server_down",
    .help = "Mail waits, and the mail server does not run.",
    .most = FINDING_SEVERITY_CRITICAL,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
