/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/page/views.h"

#include <math.h>

#include "exporter/page/human.h"
#include "snapshot/tables/tuning.h"

static bool against_advice(const struct snapshot *snapshot, size_t row)
{
    return snapshot_has(snapshot, &table_tuning, row, TUNING_OK) &&
           snapshot_number(snapshot, &table_tuning, row, TUNING_OK) == 0;
}

static bool not_against_advice(const struct snapshot *snapshot, size_t row)
{
    return !against_advice(snapshot, row);
}

/* Those that satisfy an advice come before those that have none. */
static double advised_rank(const struct snapshot *snapshot, size_t row)
{
    return snapshot_has(snapshot, &table_tuning, row, TUNING_OK) ? 1 : 0;
}

static void write_key(const struct snapshot *snapshot, size_t row, struct text *text)
{
    human_cell(text, snapshot, &table_tuning, row, TUNING_KEY);
    if (!snapshot_has(snapshot, &table_tuning, row, TUNING_FIELD))
        return;
    text_string(text, " (");
    human_cell(text, snapshot, &table_tuning, row, TUNING_FIELD);
    text_string(text, ")");
}

/* Digits as the system itself prints them: somebody will compare or copy them. */
static void write_number(const struct snapshot *snapshot, size_t row, unsigned column, struct text *text)
{
    double value = snapshot_real(snapshot, &table_tuning, row, column);
    if (!snapshot_has(snapshot, &table_tuning, row, column))
        return;
    if (isinf(value))
        human_real(text, value);
    else
        text_real(text, value);
}

static void write_value(const struct snapshot *snapshot, size_t row, struct text *text)
{
    if (snapshot_has(snapshot, &table_tuning, row, TUNING_VALUE))
        write_number(snapshot, row, TUNING_VALUE, text);
    else
        human_cell(text, snapshot, &table_tuning, row, TUNING_TEXT);
}

static void write_advice(const struct snapshot *snapshot, size_t row, struct text *text)
{
    if (snapshot_has(snapshot, &table_tuning, row, TUNING_ADVICE))
        human_cell(text, snapshot, &table_tuning, row, TUNING_ADVICE);
    else
        write_number(snapshot, row, TUNING_RECOMMENDED_VALUE, text);
}

static void write_verdict(const struct snapshot *snapshot, size_t row, struct text *text)
{
    if (snapshot_has(snapshot, &table_tuning, row, TUNING_OK))
        text_string(text, against_advice(snapshot, row) ? "not ok" : "ok");
}

static const struct view_field against_fields[] = {
    {.heading = "Key", .write = write_key},
    {.heading = "Value", .write = write_value, .numeric = true},
    {.heading = "Advice", .write = write_advice},
    {.heading = "Verdict", .write = write_verdict},
    {.heading = "Namespace", .column = TUNING_NETNS},
    {.heading = "Why", .column = TUNING_REASON, .wide = true},
    {.heading = "Heed", .column = TUNING_CAVEAT, .wide = true},
    {.heading = "Set", .column = TUNING_COMMAND, .wide = true, .literal = true},
    {.heading = "Undo", .column = TUNING_UNDO, .wide = true, .literal = true},
    {.heading = NULL},
};

const struct view view_tuning = {
    .title = "Tuning against advice",
    .empty = "Every tuning value that we have an opinion on is as advised.",
    .table = &table_tuning,
    .fields = against_fields,
    .wanted = against_advice,
    .cards = true,
};

static const struct view_field rest_fields[] = {
    {.heading = "Key", .write = write_key},
    {.heading = "Value", .write = write_value, .numeric = true},
    {.heading = "Advice", .write = write_advice},
    {.heading = "Verdict", .write = write_verdict},
    {.heading = "Namespace", .column = TUNING_NETNS},
    {.heading = "Why", .column = TUNING_REASON, .wide = true},
    {.heading = NULL},
};

const struct view view_tuning_rest = {
    .title = "Other tuning values",
    .table = &table_tuning,
    .fields = rest_fields,
    .wanted = not_against_advice,
    .rank = advised_rank,
};
