/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/next_hop.h"

#include <string.h>

#include "snapshot/tables/mail_destinations.h"

static const struct table *const table = &table_mail_destinations;

static bool is_of(const struct builder *builder, size_t row, const struct mail_case *mail)
{
    return builder_get_number(builder, table, row, MAIL_DESTINATIONS_MTA) == mail->mta &&
           strcmp(builder_get_text(builder, table, row, MAIL_DESTINATIONS_SERVER), mail->server) == 0 &&
           strcmp(builder_get_text(builder, table, row, MAIL_DESTINATIONS_QUEUE), mail->queue) == 0;
}

/* Messages that were not read yet, and the sum of what is not told one by one, are no domain. */
static bool is_domain(const char *domain)
{
    return domain[0] && strcmp(domain, "unknown") != 0 && strcmp(domain, "other") != 0;
}

/* The same domain over all rows of the queue; the reason is that of the greatest of them. */
static struct next_hop sum_up(const struct builder *builder, const struct mail_case *mail, const char *domain)
{
    struct next_hop hop = {.domain = domain, .reason = ""};
    uint64_t most = 0;
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        uint64_t messages = builder_get_number(builder, table, row, MAIL_DESTINATIONS_MESSAGES);
        if (!is_of(builder, row, mail) ||
            strcmp(builder_get_text(builder, table, row, MAIL_DESTINATIONS_DOMAIN), domain) != 0)
            continue;
        hop.messages += messages;
        if (messages > most)
            hop.reason = builder_get_text(builder, table, row, MAIL_DESTINATIONS_REASON);
        most = messages > most ? messages : most;
    }
    return hop;
}

struct next_hop next_hop_of(const struct findings *findings, const struct mail_case *mail)
{
    const struct builder *builder = findings_builder(findings);
    struct next_hop greatest = {.domain = "", .reason = ""};
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        const char *domain = builder_get_text(builder, table, row, MAIL_DESTINATIONS_DOMAIN);
        if (!is_of(builder, row, mail) || !is_domain(domain) || strcmp(domain, greatest.domain) == 0)
            continue;
        const struct next_hop hop = sum_up(builder, mail, domain);
        if (hop.messages > greatest.messages)
            greatest = hop;
    }
    return greatest;
}

bool next_hop_throttles(const char *dsn, const char *reason)
{
    /* System not accepting now, congestion, and the policy codes that large receivers use for rates. */
    static const char *const codes[] = {"4.3.2", "4.4.5", "4.7.28", "4.7.500", "4.7.650", "4.7.651", "4.7.652"};
    static const char *const words[] = {"too many", "rate limit",       "ratelimit",           "throttl",
                                        "concurr",  "connection limit", "connections exceeded"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(dsn, codes[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasestr(reason, words[i]))
            return true;
    /* 4.7.0 is any policy: with 421 the connection was cut, which greylisting does not do. */
    return strcmp(dsn, "4.7.0") == 0 && strstr(reason, "421") != NULL;
}
