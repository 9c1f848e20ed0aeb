/* SPDX-License-Identifier: Apache-2.0
 * Connections that wait for an answer pile up: whoever they go to is down, or drops what it gets. */
#include <stdio.h>

#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"

struct options {
    struct finding_common common;
    uint64_t sockets;
    int64_t hold;
};

static const struct option options[] = {
    FINDING_COUNT(options, sockets, "50", "sockets of one process in SYN_SENT towards one port"),
    FINDING_DURATION(options, hold, "30s", "how long they must be so many"),
    FINDING_CLEAR(options, "1m"),
    OPTION_END,
};

static const struct table *const table = &table_tcp_sockets;

static void look_at(struct findings *findings, size_t row, const struct options *set)
{
    const struct builder *builder = findings_builder(findings);
    const char *process = builder_get_text(builder, table, row, TCP_SOCKETS_PROCESS);
    const char *unit = builder_get_text(builder, table, row, TCP_SOCKETS_UNIT);
    const char *netns = builder_get_text(builder, table, row, TCP_SOCKETS_NETNS);
    uint64_t sockets = builder_get_number(builder, table, row, TCP_SOCKETS_SOCKETS);
    unsigned port = (unsigned)builder_get_number(builder, table, row, TCP_SOCKETS_PORT);
    char subject[TCP_PROCESS_BOUND + TCP_UNIT_BOUND + 32];
    (void)snprintf(subject, sizeof(subject), "%s%s%s to port %u", process, unit[0] ? "@" : "", unit, port);
    const struct finding_condition waiting = {"waiting", FINDING_WARNING, sockets >= set->sockets,
                                              sockets >= set->sockets / 2, set->hold};
    enum finding_level level = findings_weigh(findings, subject, netns, &waiting, 1);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->netns = netns;
    finding->process = process;
    finding->unit = unit;
    text_format(&finding->sentence, "%s connections of %s to port %u%s get no answer (SYN_SENT).",
                words_count(sockets).text, words_who(process, unit).text, port, words_where(netns).text);
    text_string(&finding->cure, "Ask whoever runs the other side; give connect() a time limit, and wait longer after "
                                "each failure.");
    remedies_of(findings)->show_attempts(port, &finding->remedy);
    text_string(&finding->caveat, "A longer time limit only lets more of them wait.");
    findings_raise(findings, level, finding);
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    for (size_t row = 0; row < builder_row_count(builder, table); row++)
        if (builder_get_number(builder, table, row, TCP_SOCKETS_STATE) == TCP_STATE_SYN_SENT &&
            builder_has(builder, table, row, TCP_SOCKETS_PORT))
            look_at(findings, row, values);
}

const struct finding_rule finding_connect_timeouts = {
    .name = "connect_timeouts",
    .help = "Many connections of one process wait for an answer of the other side.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
