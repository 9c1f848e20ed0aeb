/* SPDX-License-Identifier: Apache-2.0
 * The tables as they are declared, every column and every row. */
#include "exporter/json/document.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>

static const char *const kind_words[] = {[COLUMN_KEY] = "key", [COLUMN_VALUE] = "value", [COLUMN_NOTE] = "note"};

static const char *const type_words[] = {
    [COLUMN_TEXT] = "text",       [COLUMN_WORD] = "word",         [COLUMN_PORT] = "port",
    [COLUMN_ADDRESS] = "address", [COLUMN_ENDPOINT] = "endpoint", [COLUMN_GAUGE] = "gauge",
    [COLUMN_COUNTER] = "counter", [COLUMN_REAL] = "real",         [COLUMN_BOOLEAN] = "boolean",
};

static const char *const unit_words[] = {
    [UNIT_NONE] = "none",       [UNIT_BYTES] = "bytes",
    [UNIT_SECONDS] = "seconds", [UNIT_TIMESTAMP_SECONDS] = "timestamp_seconds",
    [UNIT_RATIO] = "ratio",     [UNIT_PER_SECOND] = "per_second",
};

/* A number; JSON has no infinities, so those are texts. */
static json_t *make_real(double number)
{
    if (isinf(number))
        return json_string(number > 0 ? "+Inf" : "-Inf");
    return json_real(number);
}

/* Whole numbers beyond 2^63 do not fit jansson's integers. */
static json_t *make_number(uint64_t number)
{
    return number <= INT64_MAX ? json_integer((json_int_t)number) : json_real((double)number);
}

static json_t *make_cell(const struct snapshot *snapshot, const struct table *table, size_t row, unsigned column)
{
    const struct column *declared = &table->columns[column];
    if (!snapshot_has(snapshot, table, row, column))
        return json_null();
    if (column_is_text(declared) || declared->type == COLUMN_WORD)
        return json_string(snapshot_text(snapshot, table, row, column));
    if (declared->type == COLUMN_REAL)
        return make_real(snapshot_real(snapshot, table, row, column));
    return make_number(snapshot_number(snapshot, table, row, column));
}

/* Returns the container, or NULL after freeing it. */
static json_t *kept(json_t *container, int error)
{
    if (error == 0)
        return container;
    json_decref(container);
    return NULL;
}

/* jansson takes over the new value, also when it fails, and fails on a NULL one: so only the result is checked. */
static json_t *make_row(const struct snapshot *snapshot, const struct table *table, size_t row)
{
    json_t *cells = json_array();
    int error = 0;
    for (unsigned i = 0; i < table->column_count && error == 0; i++)
        error = json_array_append_new(cells, make_cell(snapshot, table, row, i));
    return kept(cells, error);
}

static json_t *make_rows(const struct snapshot *snapshot, const struct table *table)
{
    json_t *rows = json_array();
    size_t count = snapshot_row_count(snapshot, table);
    int error = rows ? 0 : -1;
    for (size_t i = 0; i < count && error == 0; i++)
        error = json_array_append_new(rows, make_row(snapshot, table, i));
    return kept(rows, error);
}

static json_t *make_column(const struct column *column)
{
    json_t *object = json_object();
    int error = json_object_set_new(object, "name", json_string(column->name));
    error |= json_object_set_new(object, "kind", json_string(kind_words[column->kind]));
    error |= json_object_set_new(object, "type", json_string(type_words[column->type]));
    error |= json_object_set_new(object, "unit", json_string(unit_words[column->unit]));
    return kept(object, error);
}

static json_t *make_columns(const struct table *table)
{
    json_t *columns = json_array();
    int error = 0;
    for (unsigned i = 0; i < table->column_count && error == 0; i++)
        error = json_array_append_new(columns, make_column(&table->columns[i]));
    return kept(columns, error);
}

static json_t *make_table(const struct snapshot *snapshot, const struct table *table)
{
    json_t *object = json_object();
    int error = json_object_set_new(object, "help", json_string(table->help));
    error |= json_object_set_new(object, "columns", make_columns(table));
    error |= json_object_set_new(object, "rows", make_rows(snapshot, table));
    return kept(object, error);
}

static json_t *make_tables(const struct snapshot *snapshot)
{
    json_t *object = json_object();
    int error = 0;
    for (size_t i = 0; tables[i] && error == 0; i++)
        if (!tables[i]->internal)
            error = json_object_set_new(object, tables[i]->name, make_table(snapshot, tables[i]));
    return kept(object, error);
}

static json_t *make_sample(const struct snapshot *snapshot)
{
    json_t *object = json_object();
    int error = json_object_set_new(object, "sequence", make_number(snapshot_sequence(snapshot)));
    error |= json_object_set_new(object, "time", json_real((double)snapshot_wall_time(snapshot) / 1e9));
    error |= json_object_set_new(object, "interval_seconds", json_real((double)snapshot_interval(snapshot) / 1e9));
    return kept(object, error);
}

static int append(const char *bytes, size_t length, void *text)
{
    text_append(text, bytes, length);
    return ((struct text *)text)->error;
}

int document_write(const struct snapshot *snapshot, struct text *text)
{
    json_t *document = json_object();
    int error = json_object_set_new(document, "sample", make_sample(snapshot));
    error |= json_object_set_new(document, "tables", make_tables(snapshot));
    if (error == 0)
        error = json_dump_callback(document, append, text, JSON_COMPACT);
    json_decref(document);
    text_append(text, "\n", 1);
    return error ? -ENOMEM : text->error;
}
