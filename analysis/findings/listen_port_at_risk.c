/* SPDX-License-Identifier: Apache-2.0
 * A server listens on a port that connections of this host may take: restarted while ports are short, it may not get it
 * again. One finding for the whole host, with a list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/tuning_value.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/tcp_internal.h"

struct options {
    struct finding_common common;
};

static const struct option options[] = {
    FINDING_CLEAR(options, "5m"),
    OPTION_END,
};

/* Ports named in the sentence. */
#define MOST_NAMED 8u

static const char subject[] = "listeners";

/* Whether a list such as "20100-20109,30000" has the port. */
static bool is_listed(const char *list, unsigned long port)
{
    while (*list) {
        char *end;
        unsigned long low = strtoul(list, &end, 10), high = low;
        if (*end == '-')
            high = strtoul(end + 1, &end, 10);
        if (port >= low && port <= high && end != list)
            return true;
        list = *end ? end + 1 : end;
    }
    return false;
}

static bool is_at_risk(const struct findings *findings, size_t listener, const char *netns, const char *reserved)
{
    const struct builder *builder = findings_builder(findings);
    unsigned long port = (unsigned long)builder_get_number(builder, &table_listeners, listener, LISTENERS_PORT);
    if (strcmp(builder_get_text(builder, &table_listeners, listener, LISTENERS_NETNS), netns) != 0 ||
        port >= remedies_of(findings)->lowest_unnamed_port || is_listed(reserved, port))
        return false;
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_ranges); row++)
        if (strcmp(builder_get_text(builder, &table_tcp_ranges, row, TCP_RANGES_NETNS), netns) == 0)
            return port >= builder_get_number(builder, &table_tcp_ranges, row, TCP_RANGES_LOW) &&
                   port <= builder_get_number(builder, &table_tcp_ranges, row, TCP_RANGES_HIGH);
    return false;
}

/* Appends "30000 (rpc.statd), 39104 (exporter)" and returns how many there are. */
static size_t list(const struct findings *findings, const char *netns, const char *reserved, struct text *named,
                   struct text *ports)
{
    const struct builder *builder = findings_builder(findings);
    size_t count = 0;
    for (size_t row = 0; row < builder_row_count(builder, &table_listeners); row++) {
        if (!is_at_risk(findings, row, netns, reserved))
            continue;
        unsigned port = (unsigned)builder_get_number(builder, &table_listeners, row, LISTENERS_PORT);
        if (count < MOST_NAMED) {
            text_format(named, "%s%u (%s)", count ? ", " : "", port,
                        builder_get_text(builder, &table_listeners, row, LISTENERS_PROCESS));
            text_format(ports, "%s%u", count ? "," : "", port);
        }
        count++;
    }
    return count;
}

static void look_at(struct findings *findings, const char *netns, struct text *named, struct text *ports)
{
    const char *reserved = tuning_value_text(findings, remedies_of(findings)->excluded_key, "", netns);
    text_clear(named);
    text_clear(ports);
    size_t count = list(findings, netns, reserved, named, ports);
    const struct finding_condition any = {"any", FINDING_INFO, count > 0, false, FINDING_TWO_SAMPLES};
    enum finding_level level = findings_weigh(findings, subject, netns, &any, 1);
    if (level == FINDING_NONE || count == 0)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->netns = netns;
    text_format(&finding->sentence, "%s servers%s listen on ports that connections of this host may take: %s%s.",
                words_count(count).text, words_where(netns).text, text_value(named),
                count > MOST_NAMED ? " and more" : "");
    remedies_of(findings)->exclude_ports(findings, netns, text_value(ports), finding);
    if (named->error || ports->error)
        findings_fail(findings, named->error ? named->error : ports->error);
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    struct text named = TEXT_EMPTY, ports = TEXT_EMPTY;
    (void)values;
    for (size_t row = 0; row < builder_row_count(builder, &table_tcp_ranges); row++)
        look_at(findings, builder_get_text(builder, &table_tcp_ranges, row, TCP_RANGES_NETNS), &named, &ports);
    text_free(&named);
    text_free(&ports);
}

const struct finding_rule finding_listen_port_at_risk = {
    .name = "listen_port_at_risk",
    .help = "Servers listen on ports of the ephemeral range that are not reserved.",
    .most = FINDING_SEVERITY_INFO,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
