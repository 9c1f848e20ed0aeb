/* SPDX-License-Identifier: Apache-2.0
 * Events of Microsoft-Windows-Kernel-Network as bytes, made by the layout of its manifest. */
#include <errno.h>
#include <string.h>

#include "collectors/tcp/windows/connection_record.h"
#include "tests/cmocka.h"

static const unsigned char v4[] = {0x92, 0x10, 0, 0, 0,    0,    0,    0,    198,  51,   100,
                                   7,    192,  0, 2, 0x0a, 0x05, 0x99, 0xea, 0x61, 0xb4, 0x05};

static const unsigned char v6[] = {0x92, 0x10, 0, 0, 0, 0, 0, 0, 0x20, 0x01, 0x0d, 0xb8, 0,    0,   0,
                                   0,    0,    0, 0, 0, 0, 0, 0, 2,    0x20, 0x01, 0x0d, 0xb8, 0,   0,
                                   0,    0,    0, 0, 0, 0, 0, 0, 0,    1,    0x00, 0x19, 0xc0, 0x00};

static void expect(const struct connection_record *record, const char *local, const char *remote)
{
    char text[TCP_ENDPOINT_TEXT];
    assert_int_equal(record->pid, 0x1092);
    tcp_endpoint_format(text, &record->local, record->local_port);
    assert_string_equal(text, local);
    tcp_endpoint_format(text, &record->remote, record->remote_port);
    assert_string_equal(text, remote);
}

static void connections_opened_and_accepted_are_read(void **state)
{
    static const unsigned ids[] = {12, 15};
    struct connection_record record;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(connection_record_read(ids[i], v4, sizeof(v4), &record), 0);
        expect(&record, "192.0.2.10:60001", "198.51.100.7:1433");
        assert_int_equal(connection_record_read(ids[i] + 16, v6, sizeof(v6), &record), 0);
        expect(&record, "[2001:db8::1]:49152", "[2001:db8::2]:25");
    }
}

static void other_events_tell_of_no_connection(void **state)
{
    struct connection_record record = {.pid = 1};
    (void)state;
    for (unsigned id = 0; id < 64; id++)
        if (id != 12 && id != 15 && id != 28 && id != 31)
            assert_int_equal(connection_record_read(id, v6, sizeof(v6), &record), -ENODATA);
    assert_int_equal(record.pid, 1);
}

static void what_is_too_short_is_not_read(void **state)
{
    struct connection_record record = {.pid = 1};
    (void)state;
    for (size_t size = 0; size < 20; size++) {
        unsigned char *exact = test_malloc(size + 1);
        memcpy(exact, v4, size);
        assert_int_equal(connection_record_read(12, exact, size, &record), -EINVAL);
        test_free(exact);
    }
    for (size_t size = 0; size < sizeof(v6); size++)
        assert_int_equal(connection_record_read(31, v6, size, &record), -EINVAL);
    assert_int_equal(record.pid, 1);
}

/* The manifest's template of connect and accept, version 0, since Windows 7: octets of each field, and what is in it
 * here. The text of the events is "between %4:%6 and %3:%5": the source is this host. */
static const struct {
    const char *name;
    size_t v4, v6;
    const char *v4_value, *v6_value; /* NULL: ones, which nobody is to read */
} fields[] = {
    {"PID", 4, 4, "\x92\x10\0\0", "\x92\x10\0\0"},
    {"size", 4, 4, NULL, NULL},
    {"daddr", 4, 16, "\xc6\x33\x64\x07", "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"},
    {"saddr", 4, 16, "\xc0\0\x02\x0a", "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"},
    {"dport", 2, 2, "\x05\x99", "\0\x19"},
    {"sport", 2, 2, "\xea\x61", "\xc0\0"},
    {"mss", 2, 2, NULL, NULL},
    {"sackopt", 2, 2, NULL, NULL},
    {"tsopt", 2, 2, NULL, NULL},
    {"wsopt", 2, 2, NULL, NULL},
    {"rcvwin", 4, 4, NULL, NULL},
    {"rcvwinscale", 2, 2, NULL, NULL},
    {"sndwinscale", 2, 2, NULL, NULL},
    {"seqnum", 4, 4, NULL, NULL},
    {"connid", 4, 4, NULL, NULL},
};

/* Puts the fields up to and with the last one where the manifest has them; the size of all. */
static size_t compose(bool is_v6, const char *last, unsigned char *event)
{
    size_t size = 0;
    for (size_t i = 0; i == 0 || strcmp(fields[i - 1].name, last) != 0; i++) {
        const char *value = is_v6 ? fields[i].v6_value : fields[i].v4_value;
        size_t length = is_v6 ? fields[i].v6 : fields[i].v4;
        memset(event + size, 1, length);
        if (value)
            memcpy(event + size, value, length);
        size += length;
    }
    return size;
}

static void events_are_laid_out_as_the_manifest_declares(void **state)
{
    static const struct {
        const char *last;
        size_t v4, v6; /* octets up to there */
    } sizes[] = {{"sport", 20, 44}, {"seqnum", 40, 64}, {"connid", 44, 68}};
    unsigned char event[80] = {0};
    struct connection_record record;
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(compose(false, sizes[i].last, event), sizes[i].v4);
        assert_int_equal(connection_record_read(12, event, sizes[i].v4, &record), 0);
        expect(&record, "192.0.2.10:60001", "198.51.100.7:1433");
        assert_int_equal(compose(true, sizes[i].last, event), sizes[i].v6);
        assert_int_equal(connection_record_read(28, event, sizes[i].v6, &record), 0);
        expect(&record, "[2001:db8::1]:49152", "[2001:db8::2]:25");
    }
    assert_int_equal(connection_record_read(12, event, compose(false, "dport", event), &record), -EINVAL);
    assert_int_equal(connection_record_read(28, event, compose(true, "dport", event), &record), -EINVAL);
    /* A connid of eight octets, as a pointer would be: what follows the ports is not looked at. */
    assert_int_equal(connection_record_read(28, event, compose(true, "connid", event) + 4, &record), 0);
}

/* What others have read on a running Windows, where the raw numbers of a connection to port 80 and to 443 are 20480 and
 * 47873, as a number of that machine is written: least octet first. */
static const struct {
    uint16_t raw, port;
} readings[] = {{20480, 80}, {47873, 443}};

static void put_raw(unsigned char *at, uint16_t number)
{
    at[0] = (unsigned char)(number & 0xff);
    at[1] = (unsigned char)(number >> 8);
}

static void ports_are_those_that_others_have_read(void **state)
{
    unsigned char event[80];
    struct connection_record record;
    (void)state;
    for (size_t i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
        /* To port 80: the destination's. */
        size_t size = compose(false, "connid", event);
        put_raw(event + 16, readings[i].raw);
        assert_int_equal(connection_record_read(12, event, size, &record), 0);
        assert_int_equal(record.remote_port, readings[i].port);
        assert_int_equal(record.local_port, 60001);
        size = compose(true, "connid", event);
        put_raw(event + 40, readings[i].raw);
        assert_int_equal(connection_record_read(28, event, size, &record), 0);
        assert_int_equal(record.remote_port, readings[i].port);
        assert_int_equal(record.local_port, 49152);
        /* At port 80: our own, the source's. */
        size = compose(false, "connid", event);
        put_raw(event + 18, readings[i].raw);
        assert_int_equal(connection_record_read(15, event, size, &record), 0);
        assert_int_equal(record.local_port, readings[i].port);
        assert_int_equal(record.remote_port, 1433);
    }
}

/* Of a connection's events those others tell of its octets, of its end, or that it did not come to be. */
static void a_connection_is_told_once(void **state)
{
    static const unsigned ids[] = {10, 11, 13, 14, 16, 17, 18, 26, 27, 29, 30, 32, 34};
    unsigned char event[80];
    struct connection_record record = {.pid = 1};
    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        size_t size = compose(ids[i] > 18, "connid", event);
        assert_int_equal(connection_record_read(ids[i], event, size, &record), -ENODATA);
    }
    assert_int_equal(record.pid, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_opened_and_accepted_are_read),
        cmocka_unit_test(events_are_laid_out_as_the_manifest_declares),
        cmocka_unit_test(ports_are_those_that_others_have_read),
        cmocka_unit_test(a_connection_is_told_once),
        cmocka_unit_test(other_events_tell_of_no_connection),
        cmocka_unit_test(what_is_too_short_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
