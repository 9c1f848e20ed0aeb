/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "exporter/snmp/address.h"
#include "exporter/snmp/object_id.h"
#include "exporter/snmp/scalars.h"
#include "exporter/snmp/value.h"
#include "snapshot/tables/all.h"
#include "tests/snapshot/sample.h"

static void object_ids_are_read_strictly(void **state)
{
    static const char *const bad[] = {"",    ".",    "1",   "1.", "1..3", "1.3.x", "1.3 ", "1.3.4294967296",
                                      "3.1", "1.40", "-1.3"};
    struct object_id id;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(object_id_parse(bad[i], &id), -EINVAL);
    assert_int_equal(object_id_parse(".1.3.6.4294967295", &id), 0);
    assert_int_equal(id.length, 4);
    assert_int_equal(id.parts[3], UINT32_MAX);
    assert_int_equal(object_id_parse("2.999", &id), 0);
    char text[2 * OBJECT_ID_MAX + 8] = "1.3";
    for (unsigned i = 2; i < OBJECT_ID_MAX; i++)
        strcat(text, ".1");
    assert_int_equal(object_id_parse(text, &id), 0);
    assert_int_equal(id.length, OBJECT_ID_MAX);
    assert_int_equal(object_id_append(&id, (const uint32_t[]){1}, 1), -ENOSPC);
    strcat(text, ".1");
    assert_int_equal(object_id_parse(text, &id), -EINVAL);
}

static void a_root_leaves_room_for_every_index(void **state)
{
    (void)state;
    assert_true(object_id_is_root("1.3.6.1.4.1.8072.9999.9999.421"));
    assert_true(object_id_is_root("1.3.6.1.4.1.64512.1"));
    assert_false(object_id_is_root("1.3.6.1.4.1.8072.9999.9999.421.1"));
    assert_false(object_id_is_root("enterprises.1"));
}

static void object_ids_are_widened(void **state)
{
    unsigned long parts[OBJECT_ID_MAX];
    struct object_id id;
    (void)state;
    assert_int_equal(object_id_parse("1.3.4294967295", &id), 0);
    assert_int_equal(object_id_widen(&id, parts), 3);
    assert_int_equal(parts[1], 3);
    assert_int_equal(parts[2], UINT32_MAX);
}

static void object_ids_are_in_order(void **state)
{
    const uint32_t a[] = {1, 3, 6}, b[] = {1, 4};
    (void)state;
    assert_true(object_id_compare(a, 3, b, 2) < 0);
    assert_true(object_id_compare(b, 2, a, 3) > 0);
    assert_true(object_id_compare(a, 2, a, 3) < 0);
    assert_int_equal(object_id_compare(a, 3, a, 3), 0);
}

static void check_address(const struct address *address, enum address_type type, const void *octets, size_t length,
                          unsigned port)
{
    assert_int_equal(address->type, type);
    assert_int_equal(address->length, length);
    assert_memory_equal(address->octets, octets, length);
    assert_int_equal(address->port, port);
}

static void addresses_are_read(void **state)
{
    struct address address;
    (void)state;
    address_read("192.0.2.1", &address);
    check_address(&address, ADDRESS_IPV4, "\300\0\2\1", 4, 0);
    address_read("2001:db8::25", &address);
    check_address(&address, ADDRESS_IPV6, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x25", 16, 0);
    address_read("*", &address);
    check_address(&address, ADDRESS_UNKNOWN, "*", 1, 0);
    address_read_endpoint("192.0.2.1:25", &address);
    check_address(&address, ADDRESS_IPV4, "\300\0\2\1", 4, 25);
    address_read_endpoint("[2001:db8::25]:65535", &address);
    check_address(&address, ADDRESS_IPV6, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x25", 16, 65535);
}

static void what_is_no_endpoint_stays_text(void **state)
{
    static const char *const texts[] = {"*",
                                        "other",
                                        "",
                                        ":",
                                        ":25",
                                        "[]:25",
                                        "[::1]",
                                        "192.0.2.1",
                                        "192.0.2.1:65536",
                                        "192.0.2.1:x",
                                        "example.org:25",
                                        "fe80::1%eth0:25"};
    char longest[300];
    struct address address;
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        address_read_endpoint(texts[i], &address);
        check_address(&address, ADDRESS_UNKNOWN, texts[i], strlen(texts[i]), 0);
    }
    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    address_read_endpoint(longest, &address);
    check_address(&address, ADDRESS_UNKNOWN, longest, ADDRESS_MAX, 0);
}

static uint64_t scaled(double number, double scale)
{
    struct value value;
    assert_true(value_set_scaled(&value, number, scale));
    assert_int_equal(value.type, VALUE_UNSIGNED);
    return value.number;
}

static void numbers_are_scaled_and_saturate(void **state)
{
    struct value value;
    (void)state;
    assert_int_equal(scaled(0.0319, 10000), 319);
    assert_int_equal(scaled(0.00005, 10000), 1);
    assert_int_equal(scaled(4294967.294, 1000), 4294967294);
    assert_int_equal(scaled(1e300, 1), 4294967294);
    assert_int_equal(scaled(INFINITY, 1000), 4294967295);
    assert_false(value_set_scaled(&value, NAN, 1));
    assert_false(value_set_scaled(&value, -0.5, 1));
    value_set_unsigned(&value, UINT64_MAX);
    assert_int_equal(value.number, 4294967294);
}

static void times_are_date_and_time(void **state)
{
    struct value value;
    (void)state;
    value_set_time(&value, 1767225600.96);
    assert_int_equal(value.length, 11);
    assert_memory_equal(value.octets, "\x07\xea\x01\x01\x00\x00\x01\x00+\x00\x00", 11);
    value_set_time(&value, 1798761599.54);
    assert_memory_equal(value.octets, "\x07\xea\x0c\x1f\x17\x3b\x3b\x05+\x00\x00", 11);
    const double unknown[] = {0, -1, NAN, INFINITY, 1e300, 1e14};
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        value_set_time(&value, unknown[i]);
        assert_int_equal(value.length, 8);
        assert_memory_equal(value.octets, "\0\0\0\0\0\0\0\0", 8);
    }
}

/* The value in the MIB's column with this number of the only row. */
static bool cell(const struct snapshot *snapshot, const struct table *table, unsigned number, struct value *ret_value)
{
    struct layout layout;
    layout_make(table, &layout);
    assert_int_equal(snapshot_row_count(snapshot, table), 1);
    for (size_t i = 0; i < layout.count; i++)
        if (layout.columns[i].number == number)
            return value_of_cell(snapshot, table, 0, &layout.columns[i], ret_value);
    fail_msg("no column %u", number);
    return false;
}

static uint64_t cell_number(const struct snapshot *snapshot, const struct table *table, unsigned number,
                            enum value_type type)
{
    struct value value;
    assert_true(cell(snapshot, table, number, &value));
    assert_int_equal(value.type, type);
    return value.number;
}

static void absent_keys_read_as_nothing_and_absent_values_not_at_all(void **state)
{
    struct builder *builder = sample_begin(NULL, 0);
    struct value value;
    (void)state;
    builder_row(builder, &table_port_use);
    builder_number(builder, PORT_USE_USED, 1);
    builder_row(builder, &table_tcp_sockets);
    builder_number(builder, TCP_SOCKETS_ESTIMATED, 1);
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_int_equal(cell_number(snapshot, &table_port_use, 3, VALUE_INTEGER), 0);
    assert_true(cell(snapshot, &table_port_use, 4, &value));
    assert_int_equal(value.length, 0);
    assert_int_equal(cell_number(snapshot, &table_port_use, 5, VALUE_UNSIGNED), 0);
    assert_int_equal(cell_number(snapshot, &table_tcp_sockets, 3, VALUE_INTEGER), 0);
    assert_int_equal(cell_number(snapshot, &table_tcp_sockets, 4, VALUE_UNSIGNED), 0);
    assert_true(cell(snapshot, &table_tcp_sockets, 1, &value));
    assert_int_equal(value.length, 0);
    assert_false(cell(snapshot, &table_tcp_sockets, 7, &value));
    snapshot_release(snapshot);
}

static void cells_have_the_scale_of_their_unit(void **state)
{
    struct builder *builder = sample_begin(NULL, 0);
    struct value value;
    (void)state;
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, 1);
    builder_number(builder, MAIL_QUEUES_MESSAGES, 5000000000);
    builder_number(builder, MAIL_QUEUES_BYTES, 5000000000);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, 1.5);
    builder_row(builder, &table_tuning);
    builder_real(builder, TUNING_VALUE, -1);
    builder_real(builder, TUNING_DEFAULT_VALUE, INFINITY);
    builder_number(builder, TUNING_OK, 0);
    builder_number(builder, TUNING_PERSISTED, 1);
    builder_row(builder, &table_collectors);
    builder_real(builder, COLLECTORS_LAST_SUCCESS, 1767225600);
    builder_row(builder, &table_tcp_states);
    builder_number(builder, TCP_STATES_STATE, TCP_STATE_TIME_WAIT);
    builder_number(builder, TCP_STATES_SOCKETS, 1);
    struct snapshot *snapshot = sample_end(builder, NULL);
    assert_int_equal(cell_number(snapshot, &table_mail_queues, 1, VALUE_INTEGER), 2);
    assert_int_equal(cell_number(snapshot, &table_mail_queues, 4, VALUE_UNSIGNED), 4294967294);
    assert_int_equal(cell_number(snapshot, &table_mail_queues, 5, VALUE_COUNTER64), 5000000000);
    assert_int_equal(cell_number(snapshot, &table_mail_queues, 6, VALUE_UNSIGNED), 1500);
    assert_false(cell(snapshot, &table_tuning, 5, &value));
    assert_int_equal(cell_number(snapshot, &table_tuning, 6, VALUE_INTEGER), 2);
    assert_int_equal(cell_number(snapshot, &table_tuning, 7, VALUE_UNSIGNED), 4294967295);
    assert_int_equal(cell_number(snapshot, &table_tuning, 9, VALUE_INTEGER), 1);
    assert_true(cell(snapshot, &table_collectors, 4, &value));
    assert_int_equal(value.length, 11);
    assert_int_equal(cell_number(snapshot, &table_tcp_states, 2, VALUE_INTEGER), 11);
    snapshot_release(snapshot);
}

static void put_use(struct builder *builder, const char *destination, double ratio)
{
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_SOURCE, "192.0.2.10");
    builder_text(builder, PORT_USE_DESTINATION, destination);
    builder_real(builder, PORT_USE_RATIO, ratio);
}

static void put_user(struct builder *builder, const char *destination, const char *process, uint64_t used)
{
    builder_row(builder, &table_port_users);
    builder_text(builder, PORT_USERS_SOURCE, "192.0.2.10");
    builder_text(builder, PORT_USERS_DESTINATION, destination);
    builder_text(builder, PORT_USERS_PROCESS, process);
    builder_number(builder, PORT_USERS_USED, used);
}

static void check_text(const struct snapshot *snapshot, unsigned number, const char *text)
{
    struct value value;
    scalars_value(snapshot, number, &value);
    assert_int_equal(value.type, VALUE_OCTETS);
    assert_int_equal(value.length, strlen(text));
    assert_memory_equal(value.octets, text, value.length);
}

static void check_scalar(const struct snapshot *snapshot, unsigned number, uint64_t expected)
{
    struct value value;
    scalars_value(snapshot, number, &value);
    assert_int_not_equal(value.type, VALUE_OCTETS);
    assert_int_equal(value.number, expected);
}

static void scalars_tell_the_worst(void **state)
{
    struct builder *builder = sample_begin(NULL, 0);
    (void)state;
    put_use(builder, "198.51.100.7:1433", 0.9);
    put_use(builder, "198.51.100.8:443", 0.1);
    builder_real(builder, PORT_USE_EXHAUSTION, 12.5);
    put_use(builder, "198.51.100.9:443", 0.2);
    builder_real(builder, PORT_USE_EXHAUSTION, 60);
    builder_row(builder, &table_port_pools);
    builder_real(builder, PORT_POOLS_RATIO, 0.75);
    put_user(builder, "198.51.100.7:1433", "small", 3);
    put_user(builder, "198.51.100.7:1433", "relay", 300);
    put_user(builder, "198.51.100.8:443", "elsewhere", 900);
    builder_row(builder, &table_mail_queues);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, 61);
    builder_row(builder, &table_mail_connections);
    builder_real(builder, MAIL_CONNECTIONS_RATIO, 1.02);
    for (unsigned i = 0; i < 3; i++) {
        builder_row(builder, &table_collectors);
        builder_text(builder, COLLECTORS_COLLECTOR, i == 0 ? "a" : i == 1 ? "b" : "c");
        builder_number(builder, COLLECTORS_SUCCESS, i == 2);
    }
    struct snapshot *snapshot = sample_end(builder, NULL);
    check_scalar(snapshot, 3, 1);
    check_scalar(snapshot, 9, 9000);
    check_text(snapshot, 10, "198.51.100.7:1433");
    check_text(snapshot, 11, "relay");
    check_scalar(snapshot, 12, 12500);
    check_scalar(snapshot, 13, 7500);
    check_scalar(snapshot, 14, 61000);
    check_scalar(snapshot, 15, 10200);
    check_scalar(snapshot, 16, 2);
    snapshot_release(snapshot);
    check_scalar(NULL, 3, 0);
    check_scalar(NULL, 5, 3);
    check_scalar(NULL, 12, 4294967295);
    check_text(NULL, 10, "");
    check_text(NULL, 11, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(object_ids_are_read_strictly),
        cmocka_unit_test(a_root_leaves_room_for_every_index),
        cmocka_unit_test(object_ids_are_widened),
        cmocka_unit_test(object_ids_are_in_order),
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(what_is_no_endpoint_stays_text),
        cmocka_unit_test(numbers_are_scaled_and_saturate),
        cmocka_unit_test(times_are_date_and_time),
        cmocka_unit_test(absent_keys_read_as_nothing_and_absent_values_not_at_all),
        cmocka_unit_test(cells_have_the_scale_of_their_unit),
        cmocka_unit_test(scalars_tell_the_worst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
