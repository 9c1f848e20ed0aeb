/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/describe.h"

#include <string.h>

#include "snapshot/declaration.h"

static const char introduction[] = "# Metrics\n\n"
                                   "What `chokepoint describe metrics` prints: every table, from its declaration. A "
                                   "table is served as Prometheus text\n"
                                   "and OpenMetrics (`/metrics`), as JSON (`/api/v1/snapshot`, by the names of the "
                                   "columns), on the page, and over SNMP\n"
                                   "where it has a place in the MIB. Labels are the keys of a row; an empty one is "
                                   "left out. Notes are text that is never a\n"
                                   "label. A cell that is not known is absent, never 0. Values are sampled in the "
                                   "background; a scrape only reads them.\n";

static const char *type_name(const struct column *column)
{
    static const char *const names[] = {
        [COLUMN_TEXT] = "text",       [COLUMN_WORD] = "word",         [COLUMN_PORT] = "port",
        [COLUMN_ADDRESS] = "address", [COLUMN_ENDPOINT] = "endpoint", [COLUMN_GAUGE] = "gauge",
        [COLUMN_COUNTER] = "counter", [COLUMN_REAL] = "real",         [COLUMN_BOOLEAN] = "boolean",
    };
    return names[column->type];
}

static const char *unit_name(enum column_unit unit)
{
    static const char *const names[] = {
        [UNIT_NONE] = "",           [UNIT_BYTES] = "bytes",
        [UNIT_SECONDS] = "seconds", [UNIT_TIMESTAMP_SECONDS] = "seconds since 1970",
        [UNIT_RATIO] = "ratio",     [UNIT_PER_SECOND] = "per second",
    };
    return names[unit];
}

/* Text in a cell of a Markdown table. */
static void write_cell(struct text *text, const char *value)
{
    for (; *value; value++) {
        if (strchr("|*<", *value))
            text_append(text, "\\", 1);
        text_append(text, *value == '\n' ? " " : value, 1);
    }
}

static void write_mib(struct text *text, const struct table *table, const struct column *column)
{
    if (table->mib && column->mib)
        text_format(text, "%u", column->mib);
    else
        text_string(text, table->mib ? "no" : "");
}

static void write_words(struct text *text, const struct column *column)
{
    text_string(text, ": ");
    for (unsigned i = 0; column->words[i]; i++)
        text_format(text, "%s`%s`", i ? ", " : "", column->words[i]);
}

static void write_key(struct text *text, const struct table *table, const struct column *column)
{
    text_format(text, "| `%s` | %s", column->name, type_name(column));
    if (column->type == COLUMN_WORD)
        write_words(text, column);
    else if (column_is_text(column))
        text_format(text, ", up to %u octets", column_bound(column));
    text_string(text, " | ");
    write_mib(text, table, column);
    text_string(text, " | ");
    write_cell(text, column->help);
    text_string(text, " |\n");
}

static void write_metric(struct text *text, const struct column *column)
{
    if (!column->metric) {
        text_string(text, "none");
        return;
    }
    text_format(text, "`%s%s", metric_prefix(column->metric), column->metric);
    if (column->label)
        text_format(text, "{%s=\"%s\"}", column->label, column->label_value);
    text_string(text, column->detail ? "` (only with `tuning.detail`)" : "`");
}

static void write_value(struct text *text, const struct table *table, const struct column *column)
{
    text_string(text, "| ");
    write_metric(text, column);
    text_format(text, " | `%s` | ", column->name);
    if (column->metric)
        text_string(text, metric_is_counter(column->metric) ? "counter" : "gauge");
    else
        text_string(text, type_name(column));
    text_format(text, " | %s | ", unit_name(column->unit));
    write_mib(text, table, column);
    text_string(text, " | ");
    write_cell(text, column->help);
    text_string(text, " |\n");
}

static void write_note(struct text *text, const struct table *table, const struct column *column)
{
    text_format(text, "| `%s` | ", column->name);
    write_mib(text, table, column);
    text_string(text, " | ");
    write_cell(text, column->help);
    text_string(text, " |\n");
}

/* The columns of one kind as a Markdown table; nothing if there are none. */
static void write_columns(struct text *text, const struct table *table, enum column_kind kind)
{
    static const struct {
        const char *head;
        void (*write)(struct text *text, const struct table *table, const struct column *column);
    } kinds[] = {
        [COLUMN_KEY] = {"\n| Label | Type | MIB column | Meaning |\n| --- | --- | --- | --- |\n", write_key},
        [COLUMN_VALUE] = {"\n| Metric | Column | Type | Unit | MIB column | Meaning |\n"
                          "| --- | --- | --- | --- | --- | --- |\n",
                          write_value},
        [COLUMN_NOTE] = {"\n| Note | MIB column | Meaning |\n| --- | --- | --- |\n", write_note},
    };
    bool begun = false;
    for (unsigned i = 0; i < table->column_count; i++) {
        if (table->columns[i].kind != kind)
            continue;
        if (!begun)
            text_string(text, kinds[kind].head);
        begun = true;
        kinds[kind].write(text, table, &table->columns[i]);
    }
}

static void write_table(struct text *text, const struct table *table)
{
    text_format(text, "\n## %s\n\n%s.\n", table->name, table->help);
    if (table->bound.max_rows)
        text_format(text,
                    "\nAt most %u rows, those with the greatest `%s`; the rest is summed in rows named `other`.\n",
                    table->bound.max_rows, table->columns[table->bound.rank_by].name);
    if (table->mib)
        text_format(text, "\nSNMP: table %u of CHOKEPOINT-MIB, indexed by %s.\n", table->mib,
                    table->indexed_by_row ? "a row number that stays with the row" : "its keys");
    else
        text_format(text, "\nSNMP: not in the MIB: %s.\n", table->not_in_mib);
    write_columns(text, table, COLUMN_KEY);
    write_columns(text, table, COLUMN_VALUE);
    write_columns(text, table, COLUMN_NOTE);
}

int describe_metrics(struct text *text)
{
    text_string(text, introduction);
    for (size_t i = 0; tables[i]; i++)
        if (!tables[i]->internal)
            write_table(text, tables[i]);
    return text->error;
}
