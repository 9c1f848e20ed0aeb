/* SPDX-License-Identifier: Apache-2.0
 * A program does not close what the other side has closed. Idle connections of a pool look the same for a while, but
 * are cleaned up in the end: a leak gives nothing back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/findings/remedies.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/words.h"
#include "base/map.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"

struct options {
    struct finding_common common;
    uint64_t sockets;
    double growth;
    int64_t window;
    int64_t hold;
};

static const struct option options[] = {
    FINDING_COUNT(options, sockets, "500", "sockets of one process in CLOSE_WAIT"),
    FINDING_REAL(options, growth, "0.05", 10, "share by which they grew within the window"),
    FINDING_DURATION(options, window, "30m", "over which growth is measured"),
    FINDING_DURATION(options, hold, "1h",
                     "how long they must grow and not fall by a tenth: longer than pools keep them"),
    FINDING_CLEAR(options, "5m"),
    OPTION_END,
};

static const struct table *const table = &table_tcp_sockets;
static const double cleaned_up = 0.1;

/* One process's sockets in CLOSE_WAIT, over all ports; row is the first of its rows. */
struct holder {
    size_t row;
    uint64_t sockets;
};

static void look_at(struct findings *findings, const struct holder *holder, const char *subject,
                    const struct options *set)
{
    const struct builder *builder = findings_builder(findings);
    const char *netns = builder_get_text(builder, table, holder->row, TCP_SOCKETS_NETNS);
    const char *process = builder_get_text(builder, table, holder->row, TCP_SOCKETS_PROCESS);
    const char *unit = builder_get_text(builder, table, holder->row, TCP_SOCKETS_UNIT);
    double sockets = (double)holder->sockets;
    const struct finding_trend trend = findings_follow(findings, subject, netns, "sockets", sockets, set->window);
    bool many = holder->sockets >= set->sockets;
    bool fell = findings_fell(findings, subject, netns, "most", sockets, cleaned_up);
    bool grows = !fell && trend.change > 0 && trend.change >= set->growth * (sockets - trend.change);
    const struct finding_condition growing = {"growing", FINDING_WARNING, many && grows, many, set->hold};
    enum finding_level level = findings_weigh(findings, subject, netns, &growing, 1);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->netns = netns;
    finding->process = process;
    finding->unit = unit;
    text_format(&finding->sentence,
                "%s has not closed %s connections%s that the other side has closed (CLOSE_WAIT), %s more than %s ago.",
                words_who(process, unit).text, words_count(holder->sockets).text, words_where(netns).text,
                words_real(trend.change).text, words_seconds(trend.seconds).text);
    text_format(&finding->cure, "A defect of %s: it must close() when it reads the end. Restarting it frees them.",
                words_who(process, unit).text);
    text_string(&finding->remedy, remedies_of(findings)->close_wait);
    text_string(&finding->caveat, "No setting of the host ends CLOSE_WAIT; it lasts until the program closes or ends.");
    findings_raise(findings, level, finding);
}

/* Sums the rows up by process. 0 or -ENOMEM. */
static int sum_up(const struct builder *builder, struct map *names, struct holder *holders)
{
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        char name[TCP_PROCESS_BOUND + TCP_UNIT_BOUND + TCP_NETNS_BOUND + 8];
        if (builder_get_number(builder, table, row, TCP_SOCKETS_STATE) != TCP_STATE_CLOSE_WAIT)
            continue;
        const char *unit = builder_get_text(builder, table, row, TCP_SOCKETS_UNIT);
        int length =
            snprintf(name, sizeof(name), "%s%s%s\x1f%s", builder_get_text(builder, table, row, TCP_SOCKETS_PROCESS),
                     unit[0] ? "@" : "", unit, builder_get_text(builder, table, row, TCP_SOCKETS_NETNS));
        size_t count = names->count, number = map_put(names, name, (size_t)length + 1);
        if (number == MAP_NONE)
            return -ENOMEM;
        if (number == count)
            holders[number].row = row;
        holders[number].sockets += builder_get_number(builder, table, row, TCP_SOCKETS_SOCKETS);
    }
    return 0;
}

static void look_at_all(struct findings *findings, const struct map *names, const struct holder *holders,
                        const struct options *set)
{
    for (size_t i = 0; i < names->count; i++) {
        char subject[TCP_PROCESS_BOUND + TCP_UNIT_BOUND + TCP_NETNS_BOUND + 8];
        const char *name = names->entries[i].key;
        size_t length = 0;
        while (name[length] != '\x1f')
            length++;
        (void)snprintf(subject, sizeof(subject), "%.*s", (int)length, name);
        if (holders[i].sockets >= set->sockets / 2)
            look_at(findings, &holders[i], subject, set);
    }
}

static void evaluate(struct findings *findings, const void *values)
{
    const struct builder *builder = findings_builder(findings);
    struct map names = MAP_EMPTY;
    struct holder *holders = calloc(builder_row_count(builder, table) + 1, sizeof(*holders));
    int error = holders ? sum_up(builder, &names, holders) : -ENOMEM;
    if (error == 0)
        look_at_all(findings, &names, holders, values);
    else
        findings_fail(findings, error);
    map_free(&names);
    free(holders);
}

const struct finding_rule finding_close_wait_leak = {
    .name = "close_wait_leak",
    .help = "A program keeps more and more connections that the other side has closed.",
    .most = FINDING_SEVERITY_WARNING,
    .options = options,
    .options_size = sizeof(struct options),
    .evaluate = evaluate,
};
