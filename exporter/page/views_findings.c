/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/views.h"

#include <string.h>

#include "exporter/page/human.h"
#include "exporter/paths.h"
#include "exporter/verdict.h"
#include "snapshot/tables/findings.h"

static void write_severity(const struct snapshot *snapshot, size_t row, struct text *text)
{
    text_string(text, finding_severity_words[snapshot_number(snapshot, &table_findings, row, FINDINGS_SEVERITY)]);
}

static double severity_rank(const struct snapshot *snapshot, size_t row)
{
    return snapshot_real(snapshot, &table_findings, row, FINDINGS_SEVERITY);
}

static bool is_named(const struct snapshot *snapshot, size_t row)
{
    return !snapshot_is_other(snapshot, &table_findings, row);
}

static const struct view_field fields[] = {
    {.heading = "Severity", .write = write_severity},
    {.heading = "Finding", .column = FINDINGS_FINDING, .link = PATHS_RUNBOOKS},
    {.heading = "Subject", .column = FINDINGS_SUBJECT},
    {.heading = "Namespace", .column = FINDINGS_NETNS},
    {.heading = "Process", .column = FINDINGS_PROCESS},
    {.heading = "Unit", .column = FINDINGS_UNIT},
    {.heading = "Since", .column = FINDINGS_SINCE},
    {.heading = "What", .column = FINDINGS_SENTENCE, .wide = true},
    {.heading = "First", .column = FINDINGS_CURE, .wide = true},
    {.heading = "Do", .column = FINDINGS_REMEDY, .wide = true, .literal = true},
    {.heading = "Undo", .column = FINDINGS_UNDO, .wide = true, .literal = true},
    {.heading = "Heed", .column = FINDINGS_CAVEAT, .wide = true},
    {.heading = "Effect", .column = FINDINGS_EFFECT, .wide = true},
    {.heading = NULL},
};

const struct view view_findings = {
    .title = "Findings",
    .empty = "Nothing is about to choke.",
    .table = &table_findings,
    .fields = fields,
    .wanted = is_named,
    .rank = severity_rank,
    .most_rows = 50,
    .cards = true,
};

void view_write_verdict(const struct snapshot *snapshot, struct text *text)
{
    for (const char *word = verdict_words[verdict_status(snapshot)]; *word; word++)
        text_format(text, "%c", *word - 'a' + 'A');
    text_string(text, ": ");
    verdict_summary(snapshot, text);
}
