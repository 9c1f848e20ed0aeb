/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/mail/servers/postfix/queue_file.h"
#include "collectors/mail/servers/postfix/queue_id.h"
#include "tests/cmocka.h"
#include "tests/collectors/mail/spool_fixture.h"

static enum arrival_method decode(const char *id, int64_t *ret_arrival)
{
    return queue_id_arrival(id, strlen(id), ret_arrival);
}

static void check_long(const char *id, int64_t seconds, int64_t microseconds)
{
    int64_t arrival = -1;
    assert_int_equal(decode(id, &arrival), ARRIVAL_NAME);
    assert_int_equal(arrival, seconds * CLOCK_SECOND + microseconds * 1000);
}

/* The name that a real Postfix 3.7 gave, with the time of its arrival record, and the example of postconf(5). */
static void real_long_ids_tell_the_arrival(void **state)
{
    (void)state;
    check_long("4jX8vc1YZVz1bgbx", 1795307052, 220610);
    check_long("3Pt2mN2VXxznjll", 1300631508, 353025);
}

static void ids_of_any_moment_survive_the_round_trip(void **state)
{
    (void)state;
    srand48(421);
    for (unsigned i = 0; i < 20000; i++) {
        char id[32];
        int64_t seconds = (int64_t)(drand48() * 4.5e9);
        unsigned microseconds = (unsigned)(drand48() * 1e6);
        check_long(fixture_long_id(id, seconds, microseconds, (uint64_t)(drand48() * 1e18)), seconds, microseconds);
    }
}

static void short_ids_do_not_tell(void **state)
{
    (void)state;
    static const char *const ids[] = {"3E5B61A2C7", "0000012", "ABCDEF", "FFFFFFFFFFFFFFFFFFFFF"};
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        int64_t arrival = -1;
        assert_int_equal(decode(ids[i], &arrival), ARRIVAL_UNKNOWN);
        assert_int_equal(arrival, -1);
    }
}

static void other_names_are_no_messages(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "1",
        "z",
        "zzzzzzzzzzzzz",
        "12345",
        "abcdef",
        "3E5B6.1A2C7",
        "497721.15432",
        "README",
        "ABCDEG",
        "core",
        "4jX8vc1YZVz",
        "4jX8vc1YZz1bg",
        "jX8vc1Yz1",
        "4jX8vcaYZVz1bgbx",
        "../../x",
        "4jX8vc1YZVz1bg.x",
        "4jX8vczyyyz1bgbx",
        "FFFFFFFFFFFFFFFFFFFFFF",
        "4jX8vc1YZVz1bgbx1bgbx1bgbx",
        "\xff\xfe\n\"",
        "4jX8vc4jX8vc4jX8vc1YZVz1",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int64_t arrival = -1;
        assert_int_equal(decode(names[i], &arrival), ARRIVAL_GONE);
        assert_int_equal(arrival, -1);
    }
}

/* The first records of a real queue file: size, time with microseconds, sender. */
static void the_time_record_is_found(void **state)
{
    (void)state;
    char head[256];
    int length =
        snprintf(head, sizeof(head), "C%c%15d %15d %15d %15d %15d %15dT%c1795307359 584213A%crewrite_context=local", 95,
                 3281, 584, 1, 0, 3281, 0, 17, 21);
    int64_t arrival = -1;
    assert_int_equal(queue_file_record(head, (size_t)length, &arrival), ARRIVAL_RECORD);
    assert_int_equal(arrival, 1795307359 * CLOCK_SECOND);
    arrival = -1;
    for (size_t cut = 0; cut < 97 + 2 + 17; cut++)
        assert_int_equal(queue_file_record(head, cut, &arrival), ARRIVAL_UNKNOWN);
    assert_int_equal(queue_file_record("M\0T\0011", 5, &arrival), ARRIVAL_UNKNOWN);
    assert_int_equal(queue_file_record("T\003 -1", 5, &arrival), ARRIVAL_UNKNOWN);
    assert_int_equal(queue_file_record("T\377\377\377\377\377\1771", 8, &arrival), ARRIVAL_UNKNOWN);
    assert_int_equal(arrival, -1);
}

/* Seeds are changed at random: nothing may read out of bounds, and no arrival may lie outside of time. */
static void random_names_and_records_do_no_harm(void **state)
{
    (void)state;
    static const char *const seeds[] = {"4jX8vc1YZVz1bgbx", "3E5B61A2C7", "T\0121795307359", "C\001xT\0121795307359M"};
    srand48(421);
    for (unsigned i = 0; i < 200000; i++) {
        const char *seed = seeds[i % 4];
        size_t length = strlen(seed);
        char *copy = malloc(length + 8);
        memcpy(copy, seed, length);
        for (unsigned changes = (unsigned)(drand48() * 6); changes > 0; changes--)
            copy[(size_t)(drand48() * (double)length)] = (char)(drand48() * 256);
        length = drand48() < 0.3 ? (size_t)(drand48() * (double)length) : length;
        char *exact = malloc(length + 1);
        memcpy(exact, copy, length);
        exact[length] = '\0';
        int64_t arrival = 0;
        (void)queue_id_arrival(exact, strlen(exact), &arrival);
        assert_true(arrival >= 0 && arrival <= TIMES_LAST);
        (void)queue_file_record(exact, length, &arrival);
        assert_true(arrival >= 0 && arrival <= TIMES_LAST);
        free(exact);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_long_ids_tell_the_arrival), cmocka_unit_test(ids_of_any_moment_survive_the_round_trip),
        cmocka_unit_test(short_ids_do_not_tell),          cmocka_unit_test(other_names_are_no_messages),
        cmocka_unit_test(the_time_record_is_found),       cmocka_unit_test(random_names_and_records_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
