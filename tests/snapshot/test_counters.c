/* SPDX-License-Identifier: Apache-2.0
 * Counters of a bounded table: none ever falls, nothing migrates between a row and `other`, and the sum of all is what
 * the source counted. The tables of this program are its own. */
#include <stdio.h>
#include <string.h>

#include "snapshot/tables/agent.h"
#include "tests/snapshot/sample.h"

enum { LINES_NAME, LINES_OPENS };

#define MAX_SHOWN 4u

static const struct column lines_columns[] = {
    [LINES_NAME] = {.name = "name", .kind = COLUMN_KEY, .type = COLUMN_TEXT, .fold = FOLD_OTHER, .help = "Name."},
    [LINES_OPENS] = {.name = "opens",
                     .kind = COLUMN_VALUE,
                     .type = COLUMN_COUNTER,
                     .fold = FOLD_SUM,
                     .metric = "opens_total",
                     .help = "Opens."},
};

static const struct table lines = {
    .name = "lines",
    .help = "Lines",
    .columns = lines_columns,
    .column_count = COLUMN_COUNT(lines_columns),
    .bound = {.max_rows = MAX_SHOWN, .rank_by = LINES_OPENS},
    .not_in_mib = "a test's",
};

const struct table *const tables[] = {&lines, &table_series, NULL};

#define SOURCES 12u

/* What the source counted by now, and what the agent showed in the sample before. */
struct history {
    uint64_t totals[SOURCES];
    uint64_t shown[SOURCES]; /* 0 while not shown */
    uint64_t other;
    struct snapshot *snapshot;
};

static void name_of(char *name, size_t size, unsigned source)
{
    (void)snprintf(name, size, "line-%u", source);
}

static void put_line(struct builder *builder, unsigned source, uint64_t total)
{
    char name[16];
    name_of(name, sizeof(name), source);
    builder_row(builder, &lines);
    builder_text(builder, LINES_NAME, name);
    builder_number(builder, LINES_OPENS, total);
}

static uint64_t value_of(const struct snapshot *snapshot, const char *name)
{
    long row = sample_find(snapshot, &lines, LINES_NAME, name);
    return row < 0 ? 0 : snapshot_number(snapshot, &lines, (size_t)row, LINES_OPENS);
}

/* One more sample, of the sources that `given` says, after each has grown by its step. */
static void sample(struct history *history, const uint64_t *steps, uint32_t given)
{
    struct builder *builder = sample_begin(history->snapshot, 0);
    for (unsigned i = 0; i < SOURCES; i++) {
        history->totals[i] += steps[i];
        if (given & (1u << i))
            put_line(builder, i, history->totals[i]);
    }
    history->snapshot = sample_end(builder, history->snapshot);
}

static uint64_t shown_sum(const struct snapshot *snapshot)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < snapshot_row_count(snapshot, &lines); i++)
        sum += snapshot_number(snapshot, &lines, i, LINES_OPENS);
    return sum;
}

static void check_nothing_falls(struct history *history)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        char name[16];
        name_of(name, sizeof(name), i);
        uint64_t now = value_of(history->snapshot, name);
        assert_true(now == 0 || now >= history->shown[i]);
        history->shown[i] = now;
    }
    uint64_t other = value_of(history->snapshot, "other");
    assert_true(other >= history->other);
    history->other = other;
}

/* Two hours in which the busiest line is another one every ten minutes. */
static void no_counter_falls_and_the_sum_is_true(void **state)
{
    (void)state;
    struct history history = {.snapshot = NULL};
    uint64_t all = 0;
    for (unsigned i = 0; i < 1440; i++) {
        uint64_t steps[SOURCES], before = history.snapshot ? shown_sum(history.snapshot) : 0, step = 0;
        for (unsigned s = 0; s < SOURCES; s++) {
            steps[s] = s == i / 120 % SOURCES ? 1000 : s % 3;
            step += steps[s];
        }
        sample(&history, steps, (1u << SOURCES) - 1);
        all += step;
        check_nothing_falls(&history);
        /* A row that was hidden, then shown, then hidden leaves its count behind; what was counted since is all there.
         */
        assert_true(shown_sum(history.snapshot) <= all);
        if (i > 0 && i % 120 != 0 && i % 120 < 118)
            assert_true(shown_sum(history.snapshot) <= before + step);
    }
    assert_true(snapshot_row_count(history.snapshot, &lines) <= MAX_SHOWN + 1);
    snapshot_release(history.snapshot);
}

static void while_rows_stay_every_increase_is_counted_once(void **state)
{
    (void)state;
    struct history history = {.snapshot = NULL};
    const uint64_t first[SOURCES] = {900, 800, 700, 600, 5, 5, 5, 5, 5, 5, 5, 5};
    const uint64_t steps[SOURCES] = {90, 80, 70, 60, 1, 2, 3, 4, 5, 6, 7, 8};
    sample(&history, first, (1u << SOURCES) - 1);
    for (unsigned i = 0; i < 100; i++) {
        uint64_t before = shown_sum(history.snapshot), other = value_of(history.snapshot, "other");
        sample(&history, steps, (1u << SOURCES) - 1);
        assert_int_equal(shown_sum(history.snapshot), before + 90 + 80 + 70 + 60 + 36);
        assert_int_equal(value_of(history.snapshot, "other"), other + 36);
    }
    snapshot_release(history.snapshot);
}

/* The source forgets an idle line: its row stays for ten minutes and its counter stands. */
static void a_line_that_is_gone_keeps_its_count_until_idle_for_ten_minutes(void **state)
{
    (void)state;
    struct history history = {.snapshot = NULL};
    const uint64_t steps[SOURCES] = {10, 10}, none[SOURCES] = {0};
    sample(&history, steps, 3);
    for (unsigned i = 0; i < 119; i++) {
        sample(&history, none, 1);
        assert_int_equal(value_of(history.snapshot, "line-1"), 10);
    }
    sample(&history, none, 1);
    assert_int_equal(sample_find(history.snapshot, &lines, LINES_NAME, "line-1"), -1);
    snapshot_release(history.snapshot);
}

/* A source that was started anew counts from zero: that is an increase too. */
static void a_source_that_began_anew_is_no_fall(void **state)
{
    (void)state;
    struct history history = {.snapshot = NULL};
    const uint64_t steps[SOURCES] = {100};
    sample(&history, steps, 1);
    history.totals[0] = 0;
    const uint64_t after[SOURCES] = {7};
    sample(&history, after, 1);
    assert_int_equal(value_of(history.snapshot, "line-0"), 107);
    snapshot_release(history.snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_counter_falls_and_the_sum_is_true),
        cmocka_unit_test(while_rows_stay_every_increase_is_counted_once),
        cmocka_unit_test(a_line_that_is_gone_keeps_its_count_until_idle_for_ten_minutes),
        cmocka_unit_test(a_source_that_began_anew_is_no_fall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
