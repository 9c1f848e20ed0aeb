/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/human.h"
#include "snapshot/tables/collectors.h"
#include "snapshot/tables/findings.h"

const char *const verdict_words[] = {"ok", "warning", "critical", "unknown", NULL};

static const struct table *const table = &table_findings;

struct ranked {
    size_t row;
    uint64_t severity;
};

uint64_t verdict_count(const struct snapshot *snapshot, unsigned severity)
{
    for (size_t row = 0; row < snapshot_row_count(snapshot, &table_finding_counts); row++)
        if (snapshot_number(snapshot, &table_finding_counts, row, FINDING_COUNTS_SEVERITY) == severity)
            return snapshot_number(snapshot, &table_finding_counts, row, FINDING_COUNTS_FINDINGS);
    return 0;
}

/* How many sources of a collector, of all for NULL, could be read or not. */
static size_t count_sources(const struct snapshot *snapshot, const char *collector, bool read)
{
    size_t count = 0;
    for (size_t row = 0; row < snapshot_row_count(snapshot, &table_sources); row++)
        if ((!collector || strcmp(snapshot_text(snapshot, &table_sources, row, SOURCES_COLLECTOR), collector) == 0) &&
            (snapshot_number(snapshot, &table_sources, row, SOURCES_SUCCESS) != 0) == read)
            count++;
    return count;
}

/* A collector that failed, or none of whose sources could be read, sees nothing. */
static bool is_blind(const struct snapshot *snapshot, size_t row)
{
    const char *collector = snapshot_text(snapshot, &table_collectors, row, COLLECTORS_COLLECTOR);
    return snapshot_number(snapshot, &table_collectors, row, COLLECTORS_SUCCESS) == 0 ||
           (count_sources(snapshot, collector, false) > 0 && count_sources(snapshot, collector, true) == 0);
}

static size_t working_collectors(const struct snapshot *snapshot)
{
    size_t working = 0;
    for (size_t row = 0; row < snapshot_row_count(snapshot, &table_collectors); row++)
        working += !is_blind(snapshot, row);
    return working;
}

/* Whether nothing was read at all. A collector that has nothing to watch here is no evidence that all is well, once
 * another one is blind. */
static bool knows_nothing(const struct snapshot *snapshot)
{
    size_t working = working_collectors(snapshot);
    return working == 0 || (working < snapshot_row_count(snapshot, &table_collectors) &&
                            count_sources(snapshot, NULL, false) > 0 && count_sources(snapshot, NULL, true) == 0);
}

enum verdict_status verdict_status(const struct snapshot *snapshot)
{
    if (verdict_count(snapshot, FINDING_SEVERITY_CRITICAL) > 0)
        return VERDICT_CRITICAL;
    if (knows_nothing(snapshot))
        return VERDICT_UNKNOWN;
    return verdict_count(snapshot, FINDING_SEVERITY_WARNING) > 0 ? VERDICT_WARNING : VERDICT_OK;
}

static int compare(const void *a, const void *b)
{
    const struct ranked *one = a, *two = b;
    if (one->severity != two->severity)
        return one->severity < two->severity ? 1 : -1;
    return (one->row > two->row) - (one->row < two->row);
}

int verdict_order(const struct snapshot *snapshot, struct arena *arena, size_t **ret_rows, size_t *ret_count)
{
    size_t all = snapshot_row_count(snapshot, table), count = 0;
    struct ranked *ranked = arena_allocate(arena, (all + 1) * sizeof(*ranked));
    size_t *rows = arena_allocate(arena, (all + 1) * sizeof(*rows));
    if (!ranked || !rows)
        return -ENOMEM;
    for (size_t row = 0; row < all; row++)
        if (!snapshot_is_other(snapshot, table, row))
            ranked[count++] = (struct ranked){row, snapshot_number(snapshot, table, row, FINDINGS_SEVERITY)};
    qsort(ranked, count, sizeof(*ranked), compare);
    for (size_t i = 0; i < count; i++)
        rows[i] = ranked[i].row;
    *ret_rows = rows;
    *ret_count = count;
    return 0;
}

/* The first of the worst rows; the number of rows when there is none that is worse than info. */
static size_t worst_row(const struct snapshot *snapshot)
{
    size_t count = snapshot_row_count(snapshot, table), worst = count;
    uint64_t most = FINDING_SEVERITY_INFO;
    for (size_t row = 0; row < count; row++) {
        uint64_t severity = snapshot_number(snapshot, table, row, FINDINGS_SEVERITY);
        if (severity <= most || snapshot_is_other(snapshot, table, row))
            continue;
        worst = row;
        most = severity;
    }
    return worst;
}

/* "; mail: /var/spool/postfix: Permission denied" for each that is blind: its first source, where it did not fail. */
static void say_missing(const struct snapshot *snapshot, struct text *text)
{
    size_t said = 0;
    text_string(text,
                snapshot_row_count(snapshot, &table_collectors) ? "Nothing can be read:" : "No collector has run.");
    for (size_t row = 0; row < snapshot_row_count(snapshot, &table_collectors); row++) {
        const char *collector = snapshot_text(snapshot, &table_collectors, row, COLLECTORS_COLLECTOR);
        const char *error = snapshot_text(snapshot, &table_collectors, row, COLLECTORS_ERROR);
        if (!is_blind(snapshot, row))
            continue;
        for (size_t i = 0; !error[0] && i < snapshot_row_count(snapshot, &table_sources); i++)
            if (strcmp(snapshot_text(snapshot, &table_sources, i, SOURCES_COLLECTOR), collector) == 0)
                error = snapshot_text(snapshot, &table_sources, i, SOURCES_ERROR);
        text_format(text, "%s %s: ", said++ ? ";" : "", collector);
        human_visible(text, error);
    }
}

void verdict_summary(const struct snapshot *snapshot, struct text *text)
{
    size_t worst = worst_row(snapshot);
    if (verdict_status(snapshot) == VERDICT_UNKNOWN)
        say_missing(snapshot, text);
    else if (worst < snapshot_row_count(snapshot, table))
        human_visible(text, snapshot_text(snapshot, table, worst, FINDINGS_SENTENCE));
    else
        text_format(text, "Nothing is about to choke: %zu of %zu collectors work.", working_collectors(snapshot),
                    snapshot_row_count(snapshot, &table_collectors));
}
