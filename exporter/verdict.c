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

static size_t working_collectors(const struct snapshot *snapshot)
{
    size_t working = 0;
    for (size_t row = 0; row < snapshot_row_count(snapshot, &table_collectors); row++)
        working += snapshot_number(snapshot, &table_collectors, row, COLLECTORS_SUCCESS) != 0;
    return working;
}

enum verdict_status verdict_status(const struct snapshot *snapshot)
{
    if (verdict_count(snapshot, FINDING_SEVERITY_CRITICAL) > 0)
        return VERDICT_CRITICAL;
    if (working_collectors(snapshot) == 0)
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

static void say_missing(const struct snapshot *snapshot, struct text *text)
{
    size_t count = snapshot_row_count(snapshot, &table_collectors);
    text_string(text, count ? "Nothing can be read:" : "No collector has run.");
    for (size_t row = 0; row < count; row++) {
        text_format(text, "%s %s: ", row ? ";" : "",
                    snapshot_text(snapshot, &table_collectors, row, COLLECTORS_COLLECTOR));
        human_visible(text, snapshot_text(snapshot, &table_collectors, row, COLLECTORS_ERROR));
    }
}

void verdict_summary(const struct snapshot *snapshot, struct text *text)
{
    size_t worst = worst_row(snapshot);
    if (worst < snapshot_row_count(snapshot, table)) {
        human_visible(text, snapshot_text(snapshot, table, worst, FINDINGS_SENTENCE));
        return;
    }
    size_t working = working_collectors(snapshot);
    if (working == 0)
        say_missing(snapshot, text);
    else
        text_format(text, "Nothing is about to choke: %zu of %zu collectors work.", working,
                    snapshot_row_count(snapshot, &table_collectors));
}
