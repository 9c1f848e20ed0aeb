/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/json/findings.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "exporter/verdict.h"
#include "snapshot/tables/findings.h"

static const struct table *const table = &table_findings;

/* The container, or NULL after freeing it. */
static json_t *kept(json_t *container, int error)
{
    if (error == 0)
        return container;
    json_decref(container);
    return NULL;
}

static json_t *make_cell(const struct snapshot *snapshot, size_t row, unsigned column)
{
    const struct column *declared = &table->columns[column];
    if (column == FINDINGS_SEVERITY)
        return json_string(finding_severity_words[snapshot_number(snapshot, table, row, column)]);
    if (column_is_text(declared) || declared->type == COLUMN_WORD)
        return json_string(snapshot_text(snapshot, table, row, column));
    return json_integer((json_int_t)snapshot_number(snapshot, table, row, column));
}

/* jansson takes over the new value, also when it fails, and fails on a NULL one: so only the result is checked. */
static json_t *make_finding(const struct snapshot *snapshot, size_t row)
{
    json_t *object = json_object();
    int error = object ? 0 : -1;
    for (unsigned i = 0; i < table->column_count && error == 0; i++)
        if (snapshot_has(snapshot, table, row, i))
            error = json_object_set_new(object, table->columns[i].name, make_cell(snapshot, row, i));
    return kept(object, error);
}

static json_t *make_findings(const struct snapshot *snapshot)
{
    struct arena arena = ARENA_EMPTY;
    json_t *list = json_array();
    size_t *rows = NULL, count = 0;
    int error = list && verdict_order(snapshot, &arena, &rows, &count) == 0 ? 0 : -1;
    for (size_t i = 0; i < count && error == 0; i++)
        error = json_array_append_new(list, make_finding(snapshot, rows[i]));
    arena_free(&arena);
    return kept(list, error);
}

static json_t *make_counts(const struct snapshot *snapshot)
{
    json_t *object = json_object();
    int error = object ? 0 : -1;
    for (unsigned i = 0; finding_severity_words[i] && error == 0; i++)
        error = json_object_set_new(object, finding_severity_words[i],
                                    json_integer((json_int_t)verdict_count(snapshot, i)));
    return kept(object, error);
}

static json_t *make_verdict(const struct snapshot *snapshot)
{
    struct text summary = TEXT_EMPTY;
    int status = (int)verdict_status(snapshot);
    verdict_summary(snapshot, &summary);
    json_t *verdict =
        summary.error
            ? NULL
            : json_pack("{s:s, s:i, s:s, s:{s:I, s:f, s:f}, s:o, s:o}", "status", verdict_words[status], "code", status,
                        "summary", text_value(&summary), "sample", "sequence", (json_int_t)snapshot_sequence(snapshot),
                        "time", (double)snapshot_wall_time(snapshot) / (double)CLOCK_SECOND, "interval_seconds",
                        (double)snapshot_interval(snapshot) / (double)CLOCK_SECOND, "counts", make_counts(snapshot),
                        "findings", make_findings(snapshot));
    text_free(&summary);
    return verdict;
}

int findings_write(const struct snapshot *snapshot, struct text *text)
{
    json_t *verdict = make_verdict(snapshot);
    char *bytes = verdict ? json_dumps(verdict, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(verdict);
    if (!bytes)
        return -ENOMEM;
    text_string(text, bytes);
    text_string(text, "\n");
    free(bytes);
    return text->error;
}
