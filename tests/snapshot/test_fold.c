/* SPDX-License-Identifier: Apache-2.0
 * Who is shown, who is folded, that sums hold, that rows do not churn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "snapshot/tables/all.h"
#include "tests/snapshot/sample.h"

static const struct table *const sockets = &table_tcp_sockets;

static void put_socket(struct builder *builder, const char *process, unsigned port, unsigned state, uint64_t count)
{
    builder_row(builder, sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, process);
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_OUTBOUND);
    builder_number(builder, TCP_SOCKETS_PORT, port);
    builder_number(builder, TCP_SOCKETS_STATE, state);
    builder_number(builder, TCP_SOCKETS_SOCKETS, count);
}

static uint64_t sum(const struct snapshot *snapshot, const struct table *table, unsigned column)
{
    uint64_t total = 0;
    for (size_t i = 0; i < snapshot_row_count(snapshot, table); i++)
        total += snapshot_number(snapshot, table, i, column);
    return total;
}

static uint64_t all_series(const struct snapshot *snapshot)
{
    uint64_t series = 0;
    for (size_t t = 0; tables[t]; t++)
        for (size_t row = 0; row < snapshot_row_count(snapshot, tables[t]); row++)
            for (unsigned c = 0; c < tables[t]->column_count; c++)
                series +=
                    snapshot_serves(snapshot, &tables[t]->columns[c]) && snapshot_has(snapshot, tables[t], row, c);
    return series;
}

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

static void put_use(struct builder *builder, const char *destination, uint64_t used, bool weak)
{
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_DESTINATION, destination);
    builder_number(builder, PORT_USE_USED, used);
    builder_real(builder, PORT_USE_RATIO, (double)used / 28232);
    if (weak)
        builder_weak(builder);
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

/* Two hours of a host that talks to 3,000 equal destinations, from 200 processes on 300 ports. */
static void replay(struct builder *builder, uint64_t *ret_expected)
{
    char name[32];
    for (unsigned i = 0; i < 3000; i++) {
        snprintf(name, sizeof(name), "10.0.%u.%u:443", i / 250, i % 250);
        put_use(builder, name, 2 + (uint64_t)(rand() % 5), true);
    }
    *ret_expected = 0;
    for (unsigned i = 0; i < 1500; i++) {
        uint64_t count = 1 + (uint64_t)(rand() % 9) + (i < 50 ? 100 + i * 10 : 0);
        snprintf(name, sizeof(name), "process-%u", i % 200);
        put_socket(builder, name, 1000 + i % 300, i % TCP_STATE_COUNT, count);
        *ret_expected += count;
    }
}

#define MAX_SEEN 4096

static unsigned note_shown(const struct snapshot *snapshot, struct map *seen)
{
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_port_use); i++) {
        const char *destination = snapshot_text(snapshot, &table_port_use, i, PORT_USE_DESTINATION);
        (void)map_put(seen, destination, strlen(destination));
    }
    return (unsigned)seen->count;
}

static void two_hours_stay_within_max_series_and_do_not_churn(void **state)
{
    (void)state;
    struct snapshot *snapshot = NULL;
    struct map destinations = MAP_EMPTY, owners = MAP_EMPTY;
    uint64_t folded = 0;
    srand(1);
    for (unsigned i = 0; i < 1440; i++) {
        uint64_t expected;
        struct builder *builder = sample_begin(snapshot, 300);
        replay(builder, &expected);
        snapshot = sample_end(builder, snapshot);
        assert_true(all_series(snapshot) <= 300);
        assert_int_equal(sum(snapshot, sockets, TCP_SOCKETS_SOCKETS), expected);
        long row = sample_find(snapshot, &table_series, SERIES_TABLE, "tcp_sockets");
        uint64_t now_folded = snapshot_number(snapshot, &table_series, (size_t)row, SERIES_ROWS_FOLDED);
        assert_true(now_folded >= folded);
        folded = now_folded;
        (void)note_shown(snapshot, &destinations);
        for (size_t r = 0; r < snapshot_row_count(snapshot, sockets); r++) {
            char key[64];
            int length =
                snprintf(key, sizeof(key), "%s:%u:%u", snapshot_text(snapshot, sockets, r, TCP_SOCKETS_PROCESS),
                         (unsigned)snapshot_number(snapshot, sockets, r, TCP_SOCKETS_PORT),
                         (unsigned)snapshot_number(snapshot, sockets, r, TCP_SOCKETS_STATE));
            (void)map_put(&owners, key, (size_t)length);
        }
    }
    print_message("two hours: %zu destinations, %zu owners had a row\n", destinations.count, owners.count);
    /* Chosen anew each sample, all 3,000 destinations would have had one. */
    assert_true(destinations.count <= 600);
    assert_true(owners.count <= 600);
    map_free(&destinations);
    map_free(&owners);
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_greatest_rows_are_shown_and_sums_hold),
        cmocka_unit_test(weak_rows_are_shown_only_among_the_fullest),
        cmocka_unit_test(a_row_stays_ten_minutes_after_it_deserved_its_place),
        cmocka_unit_test(two_hours_stay_within_max_series_and_do_not_churn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
