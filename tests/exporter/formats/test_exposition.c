/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "exporter/prometheus/exposition.h"
#include "tests/exporter/formats/filled.h"

static struct text written(const struct snapshot *snapshot, enum exposition_format format)
{
    struct text text = TEXT_EMPTY;
    assert_int_equal(exposition_write(snapshot, format, &text), 0);
    return text;
}

static void expect(const struct text *text, const char *part)
{
    if (!strstr(text_value(text), part)) {
        print_error("not served: %s\n", part);
        fail();
    }
}

/* The family's name as the two formats spell it. */
static void family_of(char *name, size_t size, const char *metric, bool openmetrics)
{
    const char *prefix = strncmp(metric, "process_", 8) == 0 ? "" : "chokepoint_";
    size_t length = strlen(metric), suffix = strlen("_total");
    bool counter = length > suffix && strcmp(metric + length - suffix, "_total") == 0;
    snprintf(name, size, "%s%.*s", prefix, (int)(openmetrics && counter ? length - suffix : length), metric);
}

static void every_declared_metric_is_served_in(enum exposition_format format)
{
    struct snapshot *snapshot = filled_snapshot(true);
    struct text text = written(snapshot, format);
    char name[128], line[256];
    for (size_t t = 0; tables[t]; t++) {
        for (unsigned i = 0; i < tables[t]->column_count && !tables[t]->internal; i++) {
            const struct column *column = &tables[t]->columns[i];
            if (!column->metric)
                continue;
            family_of(name, sizeof(name), column->metric, format == EXPOSITION_OPENMETRICS);
            snprintf(line, sizeof(line), "\n# TYPE %s ", name);
            if (t > 0 || i > 0)
                expect(&text, line);
            snprintf(line, sizeof(line), "%s=\"%s\"} ", column->label ? column->label : "",
                     column->label ? column->label_value : "");
            if (column->label)
                expect(&text, line);
        }
    }
    text_free(&text);
    snapshot_release(snapshot);
}

static void every_declared_metric_is_served(void **state)
{
    (void)state;
    every_declared_metric_is_served_in(EXPOSITION_TEXT);
    every_declared_metric_is_served_in(EXPOSITION_OPENMETRICS);
}

static void details_are_served_only_when_asked_for(void **state)
{
    (void)state;
    struct snapshot *plain = filled_snapshot(false), *detailed = filled_snapshot(true);
    struct text without = written(plain, EXPOSITION_TEXT), with = written(detailed, EXPOSITION_TEXT);
    expect(&with, "\nchokepoint_tuning_default_value{");
    assert_null(strstr(text_value(&without), "\nchokepoint_tuning_default_value{"));
    text_free(&without);
    text_free(&with);
    snapshot_release(plain);
    snapshot_release(detailed);
}

static void notes_and_internal_tables_are_not_served(void **state)
{
    (void)state;
    struct snapshot *snapshot = filled_snapshot(true);
    struct text text = written(snapshot, EXPOSITION_TEXT);
    assert_null(strstr(text_value(&text), "error 1"));
    assert_null(strstr(text_value(&text), "tcp_endpoints"));
    text_free(&text);
    snapshot_release(snapshot);
}

static struct snapshot *one_socket(const char *process, bool empty_unit)
{
    struct builder *builder = sample_begin(NULL, 0);
    builder_row(builder, &table_tcp_sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, process);
    if (empty_unit)
        builder_text(builder, TCP_SOCKETS_UNIT, "");
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_ESTABLISHED);
    builder_number(builder, TCP_SOCKETS_SOCKETS, 3);
    return sample_end(builder, NULL);
}

static void values_of_labels_are_escaped(void **state)
{
    (void)state;
    struct snapshot *snapshot = one_socket("a\"b\\c\nd", false);
    struct text text = written(snapshot, EXPOSITION_TEXT);
    expect(&text, "\nchokepoint_tcp_process_sockets{process=\"a\\\"b\\\\c\\nd\",state=\"established\"} 3\n");
    text_free(&text);
    snapshot_release(snapshot);
}

static void empty_labels_and_absent_cells_are_left_out(void **state)
{
    (void)state;
    struct snapshot *snapshot = one_socket("a", true);
    struct text text = written(snapshot, EXPOSITION_TEXT);
    assert_null(strstr(text_value(&text), "unit="));
    assert_null(strstr(text_value(&text), "chokepoint_tcp_process_estimated_sockets"));
    text_free(&text);
    snapshot_release(snapshot);
}

static void numbers_are_the_shortest_that_come_back(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    const double values[] = {0.603, INFINITY, 1e21, 28232};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        char key[8];
        snprintf(key, sizeof(key), "k%zu", i);
        builder_row(builder, &table_tuning);
        builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
        builder_text(builder, TUNING_KEY, key);
        builder_real(builder, TUNING_VALUE, values[i]);
    }
    struct snapshot *snapshot = sample_end(builder, NULL);
    struct text text = written(snapshot, EXPOSITION_TEXT);
    expect(&text, "key=\"k0\"} 0.603\n");
    expect(&text, "key=\"k1\"} +Inf\n");
    expect(&text, "key=\"k2\"} 1e+21\n");
    expect(&text, "key=\"k3\"} 28232\n");
    text_free(&text);
    snapshot_release(snapshot);
}

static void openmetrics_ends_in_eof_and_names_units(void **state)
{
    (void)state;
    struct snapshot *snapshot = filled_snapshot(false);
    struct text text = written(snapshot, EXPOSITION_OPENMETRICS);
    const char *end = "# EOF\n";
    assert_string_equal(text.data + text.length - strlen(end), end);
    expect(&text, "\n# UNIT chokepoint_mail_queue_bytes bytes\n");
    expect(&text, "\n# TYPE chokepoint_samples counter\n");
    expect(&text, "\nchokepoint_samples_total 100\n");
    text_free(&text);
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_declared_metric_is_served),
        cmocka_unit_test(details_are_served_only_when_asked_for),
        cmocka_unit_test(notes_and_internal_tables_are_not_served),
        cmocka_unit_test(values_of_labels_are_escaped),
        cmocka_unit_test(empty_labels_and_absent_cells_are_left_out),
        cmocka_unit_test(numbers_are_the_shortest_that_come_back),
        cmocka_unit_test(openmetrics_ends_in_eof_and_names_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
