/* SPDX-License-Identifier: Apache-2.0
 * Who is shown, who is folded, that sums hold. */
#include <stdio.h>
#include <string.h>

#include "tests/snapshot/fold_rows.h"

static const struct table *const sockets = &table_tcp_sockets;

static void the_greatest_rows_are_shown_and_sums_hold(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    uint64_t expected = 0;
    for (unsigned i = 0; i < 500; i++) {
        char name[16];
        snprintf(name, sizeof(name), "p%03u", i);
        put_socket(builder, name, 80, i % 2 ? TCP_STATE_TIME_WAIT : TCP_STATE_ESTABLISHED, i + 1);
        expected += i + 1;
    }
    struct snapshot *snapshot = sample_end(builder, NULL);
    /* 200 rows, and an `other` row for each of the two states: state is kept in the fold. */
    assert_int_equal(snapshot_row_count(snapshot, sockets), 202);
    assert_int_equal(sum(snapshot, sockets, TCP_SOCKETS_SOCKETS), expected);
    assert_true(sample_find(snapshot, sockets, TCP_SOCKETS_PROCESS, "p499") >= 0);
    assert_int_equal(sample_find(snapshot, sockets, TCP_SOCKETS_PROCESS, "p100"), -1);
    for (size_t i = 200; i < 202; i++) {
        assert_true(snapshot_is_other(snapshot, sockets, i));
        assert_string_equal(snapshot_text(snapshot, sockets, i, TCP_SOCKETS_PROCESS), "other");
        assert_false(snapshot_has(snapshot, sockets, i, TCP_SOCKETS_PORT));
        assert_true(snapshot_has(snapshot, sockets, i, TCP_SOCKETS_STATE));
    }
    long row = sample_find(snapshot, &table_series, SERIES_TABLE, "tcp_sockets");
    assert_int_equal(snapshot_number(snapshot, &table_series, (size_t)row, SERIES_ROWS_FOLDED), 300);
    assert_int_equal(snapshot_number(snapshot, &table_series, (size_t)row, SERIES_SERIES), 202);
    snapshot_release(snapshot);
}

static void weak_rows_are_shown_only_among_the_fullest(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    char name[32];
    for (unsigned i = 0; i < 50; i++) {
        snprintf(name, sizeof(name), "192.0.2.%u:80", i);
        put_use(builder, name, 1 + i, true);
    }
    put_use(builder, "198.51.100.1:25", 5000, false);
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_int_equal(snapshot_row_count(snapshot, &table_port_use), 5 + 1);
    assert_true(sample_find(snapshot, &table_port_use, PORT_USE_DESTINATION, "198.51.100.1:25") >= 0);
    assert_true(sample_find(snapshot, &table_port_use, PORT_USE_DESTINATION, "192.0.2.49:80") >= 0);
    assert_int_equal(sample_find(snapshot, &table_port_use, PORT_USE_DESTINATION, "192.0.2.45:80"), -1);
    assert_int_equal(sum(snapshot, &table_port_use, PORT_USE_USED), 5000 + 50 * 51 / 2);
    snapshot_release(snapshot);
}

static bool shown_at(struct snapshot **snapshot, uint64_t used, bool weak)
{
    struct builder *builder = sample_begin(*snapshot, 0);
    char name[32];
    for (unsigned i = 0; i < 6; i++) {
        snprintf(name, sizeof(name), "192.0.2.%u:80", i);
        put_use(builder, name, 50, true);
    }
    put_use(builder, "198.51.100.1:25", used, weak);
    *snapshot = sample_end(builder, *snapshot);
    return sample_find(*snapshot, &table_port_use, PORT_USE_DESTINATION, "198.51.100.1:25") >= 0;
}

static void a_row_stays_ten_minutes_after_it_deserved_its_place(void **state)
{
    (void)state;
    struct snapshot *snapshot = NULL;
    assert_true(shown_at(&snapshot, 5000, false));
    for (unsigned i = 1; i < 120; i++)
        assert_true(shown_at(&snapshot, 1, true));
    assert_false(shown_at(&snapshot, 1, true));
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_greatest_rows_are_shown_and_sums_hold),
        cmocka_unit_test(weak_rows_are_shown_only_among_the_fullest),
        cmocka_unit_test(a_row_stays_ten_minutes_after_it_deserved_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
