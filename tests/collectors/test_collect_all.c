/* SPDX-License-Identifier: Apache-2.0
 * The runner on collectors of this file: what fails loses its own rows only, and is told. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/collect_all.h"
#include "collectors/source.h"
#include "snapshot/tables/all.h"
#include "tests/snapshot/sample.h"

/* What a collector of the test does, and what was done with it. */
struct act {
    int open_error, collect_error;
    int64_t takes;
    int64_t deadline;
    unsigned opened, closed;
    const void *options;
};

static struct act acts[3];

static int open_any(struct act *act, const void *options, void **ret_state)
{
    act->options = options;
    if (act->open_error < 0)
        return act->open_error;
    act->opened++;
    *ret_state = act;
    return 0;
}

static int open_first(const struct collector_paths *paths, const void *options, void **ret_state)
{
    (void)paths;
    return open_any(&acts[0], options, ret_state);
}

static int open_second(const struct collector_paths *paths, const void *options, void **ret_state)
{
    (void)paths;
    return open_any(&acts[1], options, ret_state);
}

static int open_third(const struct collector_paths *paths, const void *options, void **ret_state)
{
    (void)paths;
    return open_any(&acts[2], options, ret_state);
}

/* One row, also when it fails afterwards. */
static int collect(void *state, struct builder *builder, int64_t deadline)
{
    struct act *act = state;
    act->deadline = deadline;
    builder_row(builder, &table_tuning);
    builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
    builder_text(builder, TUNING_KEY, act == &acts[0] ? "first" : act == &acts[1] ? "second" : "third");
    builder_real(builder, TUNING_VALUE, 1);
    fake_clock_advance(act->takes);
    return act->collect_error;
}

static void close_any(void *state)
{
    if (state)
        ((struct act *)state)->closed++;
}

static const struct collector first = {.name = "first", .open = open_first, .collect = collect, .close = close_any};
static const struct collector second = {.name = "second", .open = open_second, .collect = collect, .close = close_any};
static const struct collector third = {.name = "third", .open = open_third, .collect = collect, .close = close_any};
const struct collector *const collectors[] = {&first, &second, &third, NULL};
const enum host_platform collectors_platform = HOST_WINDOWS;

static const struct collector_paths paths = {"/proc", "/sys", "/"};

static struct collection *begin(const bool enabled[3])
{
    static const int options = 1;
    struct collection_choice choices[3];
    struct collection *collection;
    memset(acts, 0, sizeof(acts));
    for (unsigned i = 0; i < 3; i++)
        choices[i] = (struct collection_choice){enabled[i], &options};
    assert_int_equal(collection_new(&paths, choices, &collection), 0);
    return collection;
}

static struct snapshot *sample(struct collection *collection, struct snapshot *previous)
{
    struct builder *builder = sample_begin(previous, 0);
    collection_sample(collection, builder, builder_now(builder) + 4 * SAMPLE_SECOND);
    return sample_end(builder, previous);
}

static bool is_shown(const struct snapshot *snapshot, const char *key)
{
    return sample_find(snapshot, &table_tuning, TUNING_KEY, key) >= 0;
}

static size_t row_of(const struct snapshot *snapshot, const char *name)
{
    long row = sample_find(snapshot, &table_collectors, COLLECTORS_COLLECTOR, name);
    assert_true(row >= 0);
    return (size_t)row;
}

static bool succeeded(const struct snapshot *snapshot, const char *name)
{
    return snapshot_number(snapshot, &table_collectors, row_of(snapshot, name), COLLECTORS_SUCCESS) == 1;
}

static const bool all[3] = {true, true, true};

static void a_failed_collector_loses_its_own_rows_only(void **state)
{
    (void)state;
    struct collection *collection = begin(all);
    acts[1].collect_error = -EACCES;
    struct snapshot *snapshot = sample(collection, NULL);
    assert_true(is_shown(snapshot, "first") && is_shown(snapshot, "third"));
    assert_false(is_shown(snapshot, "second"));
    assert_true(succeeded(snapshot, "first") && succeeded(snapshot, "third"));
    assert_false(succeeded(snapshot, "second"));
    assert_string_equal(snapshot_text(snapshot, &table_collectors, row_of(snapshot, "second"), COLLECTORS_ERROR),
                        "Permission denied");
    assert_false(snapshot_has(snapshot, &table_collectors, row_of(snapshot, "second"), COLLECTORS_LAST_SUCCESS));
    snapshot_release(snapshot);
    collection_free(collection);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(acts[i].closed, 1);
}

static void the_last_success_stays_known(void **state)
{
    (void)state;
    struct collection *collection = begin(all);
    struct snapshot *snapshot = sample(collection, NULL);
    double before = snapshot_real(snapshot, &table_collectors, row_of(snapshot, "first"), COLLECTORS_LAST_SUCCESS);
    assert_true(before > 0);
    acts[0].collect_error = -EIO;
    snapshot = sample(collection, snapshot);
    double after = snapshot_real(snapshot, &table_collectors, row_of(snapshot, "first"), COLLECTORS_LAST_SUCCESS);
    assert_float_equal(before, after, 0);
    snapshot_release(snapshot);
    collection_free(collection);
}

static void nothing_of_the_kind_is_a_success(void **state)
{
    (void)state;
    struct collection *collection = begin(all);
    acts[0].collect_error = -ENODATA;
    struct snapshot *snapshot = sample(collection, NULL);
    assert_true(succeeded(snapshot, "first"));
    snapshot_release(snapshot);
    collection_free(collection);
}

static void a_collector_that_cannot_open_is_tried_again(void **state)
{
    (void)state;
    struct collection *collection = begin(all);
    acts[2].open_error = -EPERM;
    struct snapshot *snapshot = sample(collection, NULL);
    assert_false(succeeded(snapshot, "third"));
    acts[2].open_error = 0;
    snapshot = sample(collection, snapshot);
    assert_true(succeeded(snapshot, "third") && is_shown(snapshot, "third"));
    assert_int_equal(acts[2].opened, 1);
    snapshot_release(snapshot);
    collection_free(collection);
}

static void what_is_open_is_not_opened_again(void **state)
{
    (void)state;
    struct collection *collection = begin(all);
    acts[2].open_error = -EPERM;
    collection_open(collection);
    assert_int_equal(acts[0].opened, 1);
    assert_int_equal(acts[2].opened, 0);
    acts[2].open_error = 0;
    struct snapshot *snapshot = sample(collection, NULL);
    assert_int_equal(acts[0].opened, 1);
    assert_int_equal(acts[2].opened, 1);
    snapshot_release(snapshot);
    collection_free(collection);
}

static void one_that_is_off_is_not_opened_nor_told(void **state)
{
    (void)state;
    const bool some[3] = {true, false, true};
    struct collection *collection = begin(some);
    struct snapshot *snapshot = sample(collection, NULL);
    assert_int_equal(acts[1].opened, 0);
    assert_int_equal(sample_find(snapshot, &table_collectors, COLLECTORS_COLLECTOR, "second"), -1);
    assert_non_null(acts[0].options);
    snapshot_release(snapshot);
    collection_free(collection);
}

/* Four seconds for three: what one does not use is there for the next, and the last ends with the whole. */
static void each_has_an_equal_share_of_the_time_left(void **state)
{
    (void)state;
    struct collection *collection = begin(all);
    acts[0].takes = SAMPLE_SECOND;
    acts[1].takes = 10 * SAMPLE_SECOND;
    struct builder *builder = sample_begin(NULL, 0);
    int64_t start = builder_now(builder), end = start + 4 * SAMPLE_SECOND;
    collection_sample(collection, builder, end);
    assert_int_equal(acts[0].deadline - start, 4 * SAMPLE_SECOND / 3);
    assert_int_equal(acts[1].deadline - start, SAMPLE_SECOND + 3 * SAMPLE_SECOND / 2);
    assert_true(acts[2].deadline >= end); /* it is late already: its deadline is now */
    assert_float_equal(builder_get_real(builder, &table_collectors, 1, COLLECTORS_DURATION), 10, 0.001);
    builder_free(builder);
    collection_free(collection);
}

/* source.h: what fails is rolled back to its own mark, and its text says what and why. */
static void a_failed_source_takes_its_rows_along(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    const struct source good = {"first", "good", NULL}, bad = {"first", "bad", "/some/path"};
    struct builder_mark mark = builder_mark(builder);
    (void)collect(&acts[0], builder, 0);
    source_report(builder, &good, mark, 0);
    mark = builder_mark(builder);
    (void)collect(&acts[1], builder, 0);
    source_report(builder, &bad, mark, -ENOENT);
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_true(is_shown(snapshot, "first"));
    assert_false(is_shown(snapshot, "second"));
    long row = sample_find(snapshot, &table_sources, SOURCES_SOURCE, "bad");
    assert_int_equal(snapshot_number(snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS), 0);
    assert_string_equal(snapshot_text(snapshot, &table_sources, (size_t)row, SOURCES_ERROR),
                        "/some/path: No such file or directory");
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_collector_loses_its_own_rows_only),
        cmocka_unit_test(the_last_success_stays_known),
        cmocka_unit_test(nothing_of_the_kind_is_a_success),
        cmocka_unit_test(a_collector_that_cannot_open_is_tried_again),
        cmocka_unit_test(what_is_open_is_not_opened_again),
        cmocka_unit_test(one_that_is_off_is_not_opened_nor_told),
        cmocka_unit_test(each_has_an_equal_share_of_the_time_left),
        cmocka_unit_test(a_failed_source_takes_its_rows_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
