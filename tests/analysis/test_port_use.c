/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "analysis/analyse.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_internal.h"
#include "tests/snapshot/sample.h"

static void put_range(struct builder *builder, const char *netns, unsigned low, unsigned high, unsigned reserved,
                      unsigned held)
{
    builder_row(builder, &table_tcp_ranges);
    builder_text(builder, TCP_RANGES_NETNS, netns);
    builder_number(builder, TCP_RANGES_LOW, low);
    builder_number(builder, TCP_RANGES_HIGH, high);
    builder_number(builder, TCP_RANGES_RESERVED, reserved);
    builder_number(builder, TCP_RANGES_HELD, held);
}

static void put_endpoint(struct builder *builder, const char *netns, const char *destination, unsigned used,
                         unsigned reusable)
{
    builder_row(builder, &table_tcp_endpoints);
    builder_text(builder, TCP_ENDPOINTS_SOURCE, "192.0.2.1");
    builder_text(builder, TCP_ENDPOINTS_DESTINATION, destination);
    builder_text(builder, TCP_ENDPOINTS_NETNS, netns);
    builder_number(builder, TCP_ENDPOINTS_USED, used);
    builder_number(builder, TCP_ENDPOINTS_REUSABLE, reusable);
}

static void put_holder(struct builder *builder, const char *destination, const char *process, unsigned used)
{
    builder_row(builder, &table_tcp_holders);
    builder_text(builder, TCP_HOLDERS_SOURCE, "192.0.2.1");
    builder_text(builder, TCP_HOLDERS_DESTINATION, destination);
    builder_text(builder, TCP_HOLDERS_PROCESS, process);
    builder_number(builder, TCP_HOLDERS_USED, used);
}

static void ratios_leave_out_what_can_be_reused(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_range(builder, "", 20000, 23999, 10, 2);
    put_range(builder, "box", 1000, 1999, 0, 0);
    put_endpoint(builder, "", "198.51.100.7:1433", 1994, 0);
    put_endpoint(builder, "", "198.51.100.8:1433", 1994, 1994);
    put_endpoint(builder, "box", "198.51.100.9:25", 500, 0);
    analyse(builder);
    struct snapshot *snapshot = sample_end(builder, NULL);
    const struct table *table = &table_port_use;
    size_t first = (size_t)sample_find(snapshot, table, PORT_USE_DESTINATION, "198.51.100.7:1433");
    assert_int_equal(snapshot_number(snapshot, table, first, PORT_USE_USABLE), 3988);
    assert_true(snapshot_real(snapshot, table, first, PORT_USE_RATIO) == 0.5);
    size_t second = (size_t)sample_find(snapshot, table, PORT_USE_DESTINATION, "198.51.100.8:1433");
    assert_true(snapshot_real(snapshot, table, second, PORT_USE_RATIO) == 0);
    assert_int_equal(snapshot_number(snapshot, table, second, PORT_USE_REUSABLE), 1994);
    size_t third = (size_t)sample_find(snapshot, table, PORT_USE_DESTINATION, "198.51.100.9:25");
    assert_string_equal(snapshot_text(snapshot, table, third, PORT_USE_NETNS), "box");
    assert_true(snapshot_real(snapshot, table, third, PORT_USE_RATIO) == 0.5);
    snapshot_release(snapshot);
}

static void small_destinations_fold_and_sums_hold(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_range(builder, "", 32768, 60999, 0, 0);
    char name[32];
    unsigned total = 0;
    for (unsigned i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "198.51.100.%u:443", i);
        unsigned used = i < 8 ? 100 + i : i % 90;
        put_endpoint(builder, "", name, used, 0);
        put_holder(builder, name, "crawler", used);
        total += used;
    }
    put_endpoint(builder, "", "other", 77, 7);
    total += 77;
    analyse(builder);
    struct snapshot *snapshot = sample_end(builder, NULL);
    uint64_t used = 0;
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_port_use); i++)
        used += snapshot_number(snapshot, &table_port_use, i, PORT_USE_USED);
    assert_int_equal(used, total);
    assert_int_equal(snapshot_row_count(snapshot, &table_port_use), 8 + 1);
    size_t other = snapshot_row_count(snapshot, &table_port_use) - 1;
    assert_string_equal(snapshot_text(snapshot, &table_port_use, other, PORT_USE_DESTINATION), "other");
    assert_false(snapshot_has(snapshot, &table_port_use, other, PORT_USE_USABLE));
    assert_true(sample_find(snapshot, &table_port_users, PORT_USERS_PROCESS, "crawler") >= 0);
    snapshot_release(snapshot);
}

static void an_unknown_range_has_no_ratio(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_range(builder, "", 100, 199, 90, 20); /* reserved and held overlap what there is */
    put_endpoint(builder, "", "198.51.100.7:25", 50, 0);
    put_endpoint(builder, "gone", "198.51.100.8:25", 50, 0);
    analyse(builder);
    struct snapshot *snapshot = sample_end(builder, NULL);
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_port_use); i++)
        assert_false(snapshot_has(snapshot, &table_port_use, i, PORT_USE_RATIO));
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_leave_out_what_can_be_reused),
        cmocka_unit_test(small_destinations_fold_and_sums_hold),
        cmocka_unit_test(an_unknown_range_has_no_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
