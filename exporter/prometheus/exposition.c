/* SPDX-License-Identifier: Apache-2.0
 * One walk over the declarations. A family is what the columns of one metric give, so it is never split. */
#include "exporter/prometheus/exposition.h"

#include <string.h>

struct writer {
    const struct snapshot *snapshot;
    const struct table *table;
    enum exposition_format format;
    struct text *text;
};

static bool ends_in(const char *name, size_t length, const char *suffix)
{
    size_t size = strlen(suffix);
    return length > size && memcmp(name + length - size, suffix, size) == 0;
}

/* The metric's name; without _total where OpenMetrics names the family of a counter. */
static void write_name(const struct writer *writer, const char *metric, bool family)
{
    size_t length = strlen(metric);
    if (family && writer->format == EXPOSITION_OPENMETRICS && metric_is_counter(metric))
        length -= strlen(METRIC_TOTAL);
    text_string(writer->text, metric_prefix(metric));
    text_append(writer->text, metric, length);
}

/* Backslash and newline are escaped everywhere; quotes in label values, and in the HELP of OpenMetrics only. */
static void write_escaped(struct text *text, const char *value, bool quotes)
{
    const char *special = quotes ? "\\\n\"" : "\\\n";
    for (;;) {
        size_t plain = strcspn(value, special);
        text_append(text, value, plain);
        value += plain;
        if (!*value)
            return;
        text_append(text, "\\", 1);
        text_append(text, *value == '\n' ? "n" : value, 1);
        value++;
    }
}

/* The unit of the family, where its name ends in it as OpenMetrics demands; else NULL. */
static const char *family_unit(const struct column *column)
{
    static const char *const units[] = {
        [UNIT_BYTES] = "bytes", [UNIT_SECONDS] = "seconds", [UNIT_TIMESTAMP_SECONDS] = "seconds",
        [UNIT_RATIO] = "ratio", [UNIT_PER_SECOND] = NULL,
    };
    const char *unit = units[column->unit];
    size_t length = strlen(column->metric);
    if (metric_is_counter(column->metric))
        length -= strlen(METRIC_TOTAL);
    return unit && ends_in(column->metric, length, unit) ? unit : NULL;
}

static void write_descriptor(const struct writer *writer, const char *what, const char *metric)
{
    text_string(writer->text, what);
    write_name(writer, metric, true);
    text_append(writer->text, " ", 1);
}

static void write_header(const struct writer *writer, const struct column *column)
{
    const bool openmetrics = writer->format == EXPOSITION_OPENMETRICS;
    const char *unit = openmetrics ? family_unit(column) : NULL;
    write_descriptor(writer, "# HELP ", column->metric);
    write_escaped(writer->text, column->help, openmetrics);
    write_descriptor(writer, "\n# TYPE ", column->metric);
    text_string(writer->text, metric_is_counter(column->metric) ? "counter\n" : "gauge\n");
    if (unit) {
        write_descriptor(writer, "# UNIT ", column->metric);
        text_string(writer->text, unit);
        text_append(writer->text, "\n", 1);
    }
}

static void begin_label(struct text *text, const char *name, bool *first)
{
    text_append(text, *first ? "{" : ",", 1);
    text_string(text, name);
    text_append(text, "=\"", 2);
    *first = false;
}

static void write_key(const struct writer *writer, size_t row, unsigned key, bool *first)
{
    const struct column *column = &writer->table->columns[key];
    if (!snapshot_has(writer->snapshot, writer->table, row, key))
        return;
    if (column_is_text(column) || column->type == COLUMN_WORD) {
        const char *value = snapshot_text(writer->snapshot, writer->table, row, key);
        if (!*value)
            return;
        begin_label(writer->text, column->name, first);
        write_escaped(writer->text, value, true);
    } else {
        begin_label(writer->text, column->name, first);
        text_unsigned(writer->text, snapshot_number(writer->snapshot, writer->table, row, key));
    }
    text_append(writer->text, "\"", 1);
}

static void write_labels(const struct writer *writer, size_t row, const struct column *column)
{
    bool first = true;
    for (unsigned i = 0; i < writer->table->column_count; i++)
        if (writer->table->columns[i].kind == COLUMN_KEY)
            write_key(writer, row, i, &first);
    if (column->label) {
        begin_label(writer->text, column->label, &first);
        write_escaped(writer->text, column->label_value, true);
        text_append(writer->text, "\"", 1);
    }
    if (!first)
        text_append(writer->text, "}", 1);
}

static void write_sample(const struct writer *writer, size_t row, unsigned value)
{
    const struct column *column = &writer->table->columns[value];
    write_name(writer, column->metric, false);
    write_labels(writer, row, column);
    text_append(writer->text, " ", 1);
    if (column->type == COLUMN_REAL)
        text_real(writer->text, snapshot_real(writer->snapshot, writer->table, row, value));
    else
        text_unsigned(writer->text, snapshot_number(writer->snapshot, writer->table, row, value));
    text_append(writer->text, "\n", 1);
}

static bool same_family(const struct writer *writer, unsigned column, unsigned other)
{
    const struct column *a = &writer->table->columns[column], *b = &writer->table->columns[other];
    return snapshot_serves(writer->snapshot, b) && strcmp(a->metric, b->metric) == 0;
}

/* The family whose first column is this one: its columns stand side by side or apart, its samples always together. */
static void write_family(const struct writer *writer, unsigned first)
{
    size_t rows = snapshot_row_count(writer->snapshot, writer->table);
    unsigned columns[TABLE_MAX_COLUMNS], count = 0;
    bool begun = false;
    for (unsigned i = first; i < writer->table->column_count; i++)
        if (same_family(writer, first, i))
            columns[count++] = i;
    for (size_t row = 0; row < rows; row++) {
        for (unsigned i = 0; i < count; i++) {
            if (!snapshot_has(writer->snapshot, writer->table, row, columns[i]))
                continue;
            if (!begun)
                write_header(writer, &writer->table->columns[first]);
            begun = true;
            write_sample(writer, row, columns[i]);
        }
    }
}

static bool begins_family(const struct writer *writer, unsigned column)
{
    if (!snapshot_serves(writer->snapshot, &writer->table->columns[column]))
        return false;
    for (unsigned i = 0; i < column; i++)
        if (same_family(writer, column, i))
            return false;
    return true;
}

int exposition_write(const struct snapshot *snapshot, enum exposition_format format, struct text *text)
{
    struct writer writer = {.snapshot = snapshot, .format = format, .text = text};
    for (size_t i = 0; tables[i]; i++) {
        writer.table = tables[i];
        for (unsigned column = 0; !tables[i]->internal && column < tables[i]->column_count; column++)
            if (begins_family(&writer, column))
                write_family(&writer, column);
    }
    if (format == EXPOSITION_OPENMETRICS)
        text_string(text, "# EOF\n");
    return text->error;
}
