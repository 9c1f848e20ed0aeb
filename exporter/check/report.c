/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/check/report.h"

#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/clock.h"
#include "base/human.h"
#include "base/utf8.h"
#include "exporter/check/performance.h"
#include "exporter/verdict.h"
#include "snapshot/tables/findings.h"

enum { LINE = 80, INDENT = 2, HEADING = 8, MOST_FINDINGS = 40 };

static const struct table *const table = &table_findings;

struct report {
    const struct snapshot *snapshot;
    bool colour;
    struct text *text;
    struct text scratch;
};

void report_head(const struct snapshot *snapshot, struct text *text)
{
    text_format(text, "%d %" PRId64 " %" PRId64 "\n", (int)verdict_status(snapshot),
                snapshot_wall_time(snapshot) / CLOCK_MILLISECOND, snapshot_interval(snapshot) / CLOCK_MILLISECOND);
}

/* Green, yellow, red, magenta: ECMA-48, SGR. */
static void write_coloured(struct report *report, enum verdict_status status, const char *words)
{
    static const char *const colours[] = {"32", "33", "31", "35"};
    if (report->colour)
        text_format(report->text, "\033[1;%sm%s\033[0m", colours[status], words);
    else
        text_string(report->text, words);
}

static void write_host(struct text *text)
{
    struct utsname names;
    char name[128];
    if (uname(&names) < 0)
        return;
    (void)utf8_bound(name, sizeof(name), 40, names.nodename, strlen(names.nodename));
    human_visible(text, name);
}

static const char *shout(enum verdict_status status)
{
    static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    return words[status];
}

static void write_verdict(struct report *report)
{
    struct text *text = report->text;
    enum verdict_status status = verdict_status(report->snapshot);
    write_coloured(report, status, shout(status));
    text_string(text, "  ");
    write_host(text);
    text_format(text, ": %" PRIu64 " critical, %" PRIu64 " warning, %" PRIu64 " info\n",
                verdict_count(report->snapshot, FINDING_SEVERITY_CRITICAL),
                verdict_count(report->snapshot, FINDING_SEVERITY_WARNING),
                verdict_count(report->snapshot, FINDING_SEVERITY_INFO));
    text_string(text, "Sample of ");
    human_timestamp(text, (double)snapshot_wall_time(report->snapshot) / (double)CLOCK_SECOND);
    text_string(text, ", taken every ");
    human_duration(text, (double)snapshot_interval(report->snapshot) / (double)CLOCK_SECOND);
    text_string(text, ".\n");
    if (status == VERDICT_CRITICAL || status == VERDICT_WARNING)
        return;
    text_clear(&report->scratch);
    verdict_summary(report->snapshot, &report->scratch);
    human_wrap(text, text_value(&report->scratch), 0, LINE);
}

static void write_note(struct report *report, size_t row, const char *heading, unsigned column)
{
    if (!snapshot_has(report->snapshot, table, row, column))
        return;
    text_clear(&report->scratch);
    human_visible(&report->scratch, snapshot_text(report->snapshot, table, row, column));
    text_format(report->text, "%*s%-*s", INDENT, "", HEADING, heading);
    human_wrap(report->text, text_value(&report->scratch), INDENT + HEADING, LINE);
}

static void write_finding(struct report *report, size_t row)
{
    const struct snapshot *snapshot = report->snapshot;
    unsigned severity = (unsigned)snapshot_number(snapshot, table, row, FINDINGS_SEVERITY);
    text_string(report->text, "\n");
    write_coloured(report, (enum verdict_status)severity, finding_severity_words[severity]);
    text_format(report->text, "  %s", snapshot_text(snapshot, table, row, FINDINGS_FINDING));
    text_string(report->text, "\n");
    text_clear(&report->scratch);
    human_visible(&report->scratch, snapshot_text(snapshot, table, row, FINDINGS_SENTENCE));
    text_format(report->text, "%*s", INDENT, "");
    human_wrap(report->text, text_value(&report->scratch), INDENT, LINE);
    if (severity > FINDING_SEVERITY_INFO) {
        write_note(report, row, "since", FINDINGS_SINCE);
        write_note(report, row, "first", FINDINGS_CURE);
    }
    write_note(report, row, "do", FINDINGS_REMEDY);
    write_note(report, row, "undo", FINDINGS_UNDO);
    if (severity == FINDING_SEVERITY_INFO)
        return;
    write_note(report, row, "heed", FINDINGS_CAVEAT);
    write_note(report, row, "effect", FINDINGS_EFFECT);
    text_format(report->text, "%*s%-8s/runbooks/%s (a page of the agent)\n", INDENT, "", "more",
                snapshot_text(snapshot, table, row, FINDINGS_FINDING));
}

static int finish(struct report *report, struct arena *arena, int error)
{
    if (error == 0)
        error = report->scratch.error ? report->scratch.error : report->text->error;
    text_free(&report->scratch);
    arena_free(arena);
    return error;
}

int report_text(const struct snapshot *snapshot, bool colour, struct text *text)
{
    struct report report = {snapshot, colour, text, TEXT_EMPTY};
    struct arena arena = ARENA_EMPTY;
    size_t *rows, count = 0;
    report_head(snapshot, text);
    int error = verdict_order(snapshot, &arena, &rows, &count);
    write_verdict(&report);
    for (size_t i = 0; error == 0 && i < count && i < MOST_FINDINGS; i++)
        write_finding(&report, rows[i]);
    if (count > MOST_FINDINGS)
        text_format(text, "\nand %zu more; all are on the page and in JSON\n", count - MOST_FINDINGS);
    return finish(&report, &arena, error);
}

/* A sentence as a plugin may print it: '|' begins performance data. */
static void write_plain(struct report *report, size_t row)
{
    text_clear(&report->scratch);
    human_visible(&report->scratch, snapshot_text(report->snapshot, table, row, FINDINGS_SENTENCE));
    for (size_t i = 0; i < report->scratch.length; i++)
        if (report->scratch.data[i] == '|')
            report->scratch.data[i] = '/';
    text_string(report->text, text_value(&report->scratch));
}

static void write_others(struct report *report, const size_t *rows, size_t count)
{
    for (size_t i = 1; i < count && i < MOST_FINDINGS; i++) {
        unsigned severity = (unsigned)snapshot_number(report->snapshot, table, rows[i], FINDINGS_SEVERITY);
        text_format(report->text, "%s: ", finding_severity_words[severity]);
        write_plain(report, rows[i]);
        text_string(report->text, "\n");
    }
}

int report_nagios(const struct snapshot *snapshot, struct text *text)
{
    struct report report = {snapshot, false, text, TEXT_EMPTY};
    struct arena arena = ARENA_EMPTY;
    size_t *rows = NULL, count = 0;
    report_head(snapshot, text);
    int error = verdict_order(snapshot, &arena, &rows, &count);
    enum verdict_status status = verdict_status(snapshot);
    text_format(text, "CHOKEPOINT %s - ", shout(status));
    if (count > 0 && (status == VERDICT_CRITICAL || status == VERDICT_WARNING))
        write_plain(&report, rows[0]);
    else
        verdict_summary(snapshot, text);
    text_string(text, " | ");
    performance_write(snapshot, text);
    text_string(text, "\n");
    write_others(&report, rows, count);
    return finish(&report, &arena, error);
}
