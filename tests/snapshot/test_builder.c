/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "snapshot/tables/all.h"
#include "tests/snapshot/sample.h"

static void put_socket(struct builder *builder, const char *process, unsigned state, uint64_t sockets)
{
    builder_row(builder, &table_tcp_sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, process);
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_OUTBOUND);
    builder_number(builder, TCP_SOCKETS_PORT, 25);
    builder_number(builder, TCP_SOCKETS_STATE, state);
    builder_number(builder, TCP_SOCKETS_SOCKETS, sockets);
}

static void cells_come_back_as_they_were_put(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_socket(builder, "relay", TCP_STATE_TIME_WAIT, 42);
    builder_row(builder, &table_collectors);
    builder_text(builder, COLLECTORS_COLLECTOR, "tcp");
    builder_real(builder, COLLECTORS_DURATION, 0.25);
    builder_real(builder, COLLECTORS_LAST_SUCCESS, NAN);
    struct snapshot *snapshot = sample_end(builder, NULL);
    const struct table *sockets = &table_tcp_sockets;
    assert_int_equal(snapshot_sequence(snapshot), 1);
    assert_int_equal(snapshot_row_count(snapshot, sockets), 1);
    assert_string_equal(snapshot_text(snapshot, sockets, 0, TCP_SOCKETS_PROCESS), "relay");
    assert_string_equal(snapshot_text(snapshot, sockets, 0, TCP_SOCKETS_STATE), "time_wait");
    assert_int_equal(snapshot_number(snapshot, sockets, 0, TCP_SOCKETS_PORT), 25);
    assert_int_equal(snapshot_number(snapshot, sockets, 0, TCP_SOCKETS_SOCKETS), 42);
    assert_false(snapshot_has(snapshot, sockets, 0, TCP_SOCKETS_UNIT));
    assert_string_equal(snapshot_text(snapshot, sockets, 0, TCP_SOCKETS_UNIT), "");
    assert_true(snapshot_real(snapshot, &table_collectors, 0, COLLECTORS_DURATION) == 0.25);
    assert_false(snapshot_has(snapshot, &table_collectors, 0, COLLECTORS_LAST_SUCCESS));
    snapshot_release(snapshot);
}

static void names_are_made_printable_and_bounded(void **state)
{
    (void)state;
    char name[100];
    memset(name, 'n', sizeof(name));
    struct builder *builder = sample_begin(NULL, 0);
    put_socket(builder, "a\xff", TCP_STATE_CLOSE, 1);
    builder_row(builder, &table_tcp_sockets);
    builder_bytes(builder, TCP_SOCKETS_PROCESS, name, sizeof(name));
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_CLOSE);
    builder_number(builder, TCP_SOCKETS_SOCKETS, 1);
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_true(sample_find(snapshot, &table_tcp_sockets, TCP_SOCKETS_PROCESS, "a\xef\xbf\xbd") >= 0);
    assert_int_equal(strlen(snapshot_text(snapshot, &table_tcp_sockets, 1, TCP_SOCKETS_PROCESS)), TCP_PROCESS_BOUND);
    snapshot_release(snapshot);
}

static void the_first_error_sticks(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    builder_text(builder, 0, "no row yet");
    assert_int_equal(builder_error(builder), -EINVAL);
    put_socket(builder, "relay", TCP_STATE_CLOSE, 1);
    struct snapshot *snapshot = NULL;
    assert_int_equal(builder_finish(builder, &snapshot), -EINVAL);
    assert_null(snapshot);
    builder_free(builder);

    builder = sample_begin(NULL, 0);
    builder_row(builder, &table_tcp_sockets);
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_COUNT);
    assert_int_equal(builder_error(builder), -EINVAL);
    builder_free(builder);

    builder = sample_begin(NULL, 0);
    builder_row(builder, &table_tcp_sockets);
    builder_number(builder, TCP_SOCKETS_PORT, 65536);
    assert_int_equal(builder_error(builder), -EINVAL);
    builder_free(builder);
}

static void a_failed_source_is_rolled_back_alone(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_socket(builder, "kept", TCP_STATE_CLOSE, 1);
    struct builder_mark mark = builder_mark(builder);
    put_socket(builder, "gone", TCP_STATE_CLOSE, 1);
    builder_row(builder, &table_conntrack);
    builder_number(builder, CONNTRACK_ENTRIES, 1);
    builder_roll_back(builder, mark);
    assert_int_equal(builder_row_count(builder, &table_tcp_sockets), 1);
    assert_int_equal(builder_row_count(builder, &table_conntrack), 0);
    put_socket(builder, "later", TCP_STATE_CLOSE, 1);
    assert_string_equal(builder_get_text(builder, &table_tcp_sockets, 1, TCP_SOCKETS_PROCESS), "later");
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_sockets), 2);
    assert_int_equal(sample_find(snapshot, &table_tcp_sockets, TCP_SOCKETS_PROCESS, "gone"), -1);
    snapshot_release(snapshot);
}

static void rows_with_equal_keys_become_one(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    for (int i = 0; i < 3; i++)
        put_socket(builder, "same", TCP_STATE_CLOSE, 5);
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_sockets), 1);
    assert_int_equal(snapshot_number(snapshot, &table_tcp_sockets, 0, TCP_SOCKETS_SOCKETS), 15);
    snapshot_release(snapshot);
}

static void rows_are_sorted_by_key(void **state)
{
    (void)state;
    static const char *const names[] = {"sshd", "exim4", "nginx", "a"};
    struct builder *builder = sample_begin(NULL, 0);
    for (size_t i = 0; i < 4; i++)
        put_socket(builder, names[i], TCP_STATE_CLOSE, i + 1);
    struct snapshot *snapshot = sample_end(builder, NULL);
    for (size_t i = 1; i < 4; i++)
        assert_true(strcmp(snapshot_text(snapshot, &table_tcp_sockets, i - 1, TCP_SOCKETS_PROCESS),
                           snapshot_text(snapshot, &table_tcp_sockets, i, TCP_SOCKETS_PROCESS)) < 0);
    snapshot_release(snapshot);
}

static void internal_tables_are_not_published(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    builder_row(builder, &table_tcp_ranges);
    builder_number(builder, TCP_RANGES_LOW, 1);
    assert_int_equal(builder_get_number(builder, &table_tcp_ranges, 0, TCP_RANGES_LOW), 1);
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_int_equal(snapshot_row_count(snapshot, &table_tcp_ranges), 0);
    snapshot_release(snapshot);
}

static void row_numbers_stay_and_are_never_given_twice(void **state)
{
    (void)state;
    struct snapshot *snapshot = NULL;
    uint32_t first = 0, second = 0;
    for (int i = 0; i < 4; i++) {
        struct builder *builder = sample_begin(snapshot, 0);
        if (i != 2)
            put_socket(builder, "stays", TCP_STATE_CLOSE, 1);
        if (i > 0)
            put_socket(builder, "b", TCP_STATE_CLOSE, 1);
        snapshot = sample_end(builder, snapshot);
        long stays = sample_find(snapshot, &table_tcp_sockets, TCP_SOCKETS_PROCESS, "stays");
        long b = sample_find(snapshot, &table_tcp_sockets, TCP_SOCKETS_PROCESS, "b");
        if (i == 0)
            first = snapshot_row_number(snapshot, &table_tcp_sockets, (size_t)stays);
        if (i == 1)
            second = snapshot_row_number(snapshot, &table_tcp_sockets, (size_t)b);
        if (i == 3) {
            assert_int_equal(snapshot_row_number(snapshot, &table_tcp_sockets, (size_t)stays), first);
            assert_int_equal(snapshot_row_number(snapshot, &table_tcp_sockets, (size_t)b), second);
        }
    }
    assert_true(first > 0 && second > 0 && first != second);
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_come_back_as_they_were_put),
        cmocka_unit_test(names_are_made_printable_and_bounded),
        cmocka_unit_test(the_first_error_sticks),
        cmocka_unit_test(a_failed_source_is_rolled_back_alone),
        cmocka_unit_test(rows_with_equal_keys_become_one),
        cmocka_unit_test(rows_are_sorted_by_key),
        cmocka_unit_test(internal_tables_are_not_published),
        cmocka_unit_test(row_numbers_stay_and_are_never_given_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
