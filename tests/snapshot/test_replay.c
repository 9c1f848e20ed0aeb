/* SPDX-License-Identifier: Apache-2.0
 * Two hours of a busy host: within the limit of series, sums true, and the rows shown do not churn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "tests/snapshot/fold_rows.h"

static const struct table *const sockets = &table_tcp_sockets;

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
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_hours_stay_within_max_series_and_do_not_churn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
