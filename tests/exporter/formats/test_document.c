/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "exporter/json/document.h"
#include "tests/exporter/formats/filled.h"

static json_t *read_back(const struct snapshot *snapshot)
{
    struct text text = TEXT_EMPTY;
    json_error_t error;
    assert_int_equal(document_write(snapshot, &text), 0);
    assert_int_equal(text.data[text.length - 1], '\n');
    json_t *document = json_loads(text_value(&text), JSON_REJECT_DUPLICATES, &error);
    assert_non_null(document);
    text_free(&text);
    return document;
}

static void every_declared_column_is_there(void **state)
{
    (void)state;
    struct snapshot *snapshot = filled_snapshot(false);
    json_t *document = read_back(snapshot), *all = json_object_get(document, "tables");
    size_t published = 0;
    for (size_t t = 0; tables[t]; t++) {
        const json_t *table = json_object_get(all, tables[t]->name);
        assert_int_equal(table != NULL, !tables[t]->internal);
        if (tables[t]->internal)
            continue;
        published++;
        assert_string_equal(json_string_value(json_object_get(table, "help")), tables[t]->help);
        const json_t *columns = json_object_get(table, "columns"), *rows = json_object_get(table, "rows");
        assert_int_equal(json_array_size(columns), tables[t]->column_count);
        assert_int_equal(json_array_size(rows), snapshot_row_count(snapshot, tables[t]));
        for (unsigned i = 0; i < tables[t]->column_count; i++) {
            const json_t *column = json_array_get(columns, i);
            assert_string_equal(json_string_value(json_object_get(column, "name")), tables[t]->columns[i].name);
            assert_non_null(json_string_value(json_object_get(column, "kind")));
            assert_non_null(json_string_value(json_object_get(column, "type")));
            assert_non_null(json_string_value(json_object_get(column, "unit")));
        }
        for (size_t row = 0; row < json_array_size(rows); row++) {
            assert_int_equal(json_array_size(json_array_get(rows, row)), tables[t]->column_count);
            for (unsigned i = 0; i < tables[t]->column_count; i++)
                assert_int_equal(json_is_null(json_array_get(json_array_get(rows, row), i)),
                                 !snapshot_has(snapshot, tables[t], row, i));
        }
    }
    assert_int_equal(json_object_size(all), published);
    json_decref(document);
    snapshot_release(snapshot);
}

static void the_sample_says_when_and_how_often(void **state)
{
    (void)state;
    fake_clock_set(1000 * SAMPLE_SECOND, 1767225600 * SAMPLE_SECOND);
    struct snapshot *snapshot = filled_snapshot(false);
    json_t *document = read_back(snapshot), *sample = json_object_get(document, "sample");
    assert_int_equal(json_integer_value(json_object_get(sample, "sequence")), 1);
    assert_float_equal(json_real_value(json_object_get(sample, "time")), 1767225600, 0.001);
    assert_float_equal(json_real_value(json_object_get(sample, "interval_seconds")), 5, 0.001);
    json_decref(document);
    snapshot_release(snapshot);
}

/* The value cell of the only row of the table tuning. */
static json_t *tuning_cell(double value, bool present, json_t **ret_document)
{
    struct builder *builder = sample_begin(NULL, 0);
    builder_row(builder, &table_tuning);
    builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
    builder_text(builder, TUNING_KEY, "a\"\n\\");
    builder_number(builder, TUNING_OK, 1);
    if (present)
        builder_real(builder, TUNING_VALUE, value);
    struct snapshot *snapshot = sample_end(builder, NULL);
    *ret_document = read_back(snapshot);
    snapshot_release(snapshot);
    const json_t *table = json_object_get(json_object_get(*ret_document, "tables"), "tuning");
    json_t *row = json_array_get(json_object_get(table, "rows"), 0);
    assert_string_equal(json_string_value(json_array_get(row, TUNING_KEY)), "a\"\n\\");
    return json_array_get(row, TUNING_VALUE);
}

static void infinities_are_text_and_absent_cells_null(void **state)
{
    (void)state;
    json_t *document;
    assert_string_equal(json_string_value(tuning_cell(INFINITY, true, &document)), "+Inf");
    json_decref(document);
    assert_string_equal(json_string_value(tuning_cell(-INFINITY, true, &document)), "-Inf");
    json_decref(document);
    const json_t *absent = tuning_cell(0, false, &document);
    assert_true(json_is_null(absent));
    json_decref(document);
    double value = json_number_value(tuning_cell(0.603, true, &document));
    assert_float_equal(value, 0.603, 0);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_declared_column_is_there),
        cmocka_unit_test(the_sample_says_when_and_how_often),
        cmocka_unit_test(infinities_are_text_and_absent_cells_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
