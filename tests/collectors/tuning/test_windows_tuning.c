/* SPDX-License-Identifier: Apache-2.0
 * The tuning collector on Windows: the registry, netsh, and what fails alone. What is advised on which version is played
 * in tests/host/test_windows_relay.c. */
#include <errno.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/tuning/options.h"
#include "snapshot/tables/all.h"
#include "tests/fakes/command.h"
#include "tests/fakes/local_machine.h"
#include "tests/snapshot/sample.h"

extern const struct collector tuning_collector;

#define PARAMETERS "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"
#define KEY        "Services\\Tcpip\\Parameters\\"

static struct {
    struct option_pair advice[2];
    struct tuning_options options;
    void *state;
    struct snapshot *snapshot;
} world;

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    fake_command_set("dynamicport", "Start : 49152\r\nNumber : 16384\r\n", 0);
    fake_command_set("excludedportrange", "5357 5357\r\n", 0);
    fake_command_set("show global", "a : enabled\r\nb : normal\r\nc : none\r\nd : disabled\r\n", 0);
    fake_command_set("Get-NetTCPSetting", "Internet 0 0\r\n", 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tuning_collector.close(world.state);
    snapshot_release(world.snapshot);
    fake_command_clear();
    fake_local_machine_clear();
    return 0;
}

static void sample(void)
{
    static const struct collector_paths paths = {"/nonexistent", "/nonexistent", "/"};
    struct builder *builder = sample_begin(world.snapshot, 1000);
    if (!world.state)
        assert_int_equal(tuning_collector.open(&paths, &world.options, &world.state), 0);
    assert_int_equal(tuning_collector.collect(world.state, builder, 0), 0);
    world.snapshot = sample_end(builder, world.snapshot);
}

static long row_of(const char *key)
{
    return sample_find(world.snapshot, &table_tuning, TUNING_KEY, key);
}

static const char *text_of(const char *key, unsigned column)
{
    long row = row_of(key);
    if (row < 0)
        fail_msg("no row for %s", key);
    return snapshot_text(world.snapshot, &table_tuning, (size_t)row, column);
}

static int success_of(const char *source)
{
    long row = sample_find(world.snapshot, &table_sources, SOURCES_SOURCE, source);
    return row < 0 ? -1 : (int)snapshot_number(world.snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS);
}

static void absent_is_the_default_and_a_text_is_no_number(void **state)
{
    (void)state;
    fake_local_machine_text(PARAMETERS, "tcptimedwaitdelay", 1, "30");
    sample();
    assert_string_equal(text_of(KEY "TcpTimedWaitDelay", TUNING_TEXT),
                        "\"30\", ignored: REG_SZ where a REG_DWORD of 4 bytes is expected");
    assert_string_equal(text_of(KEY "TcpNumConnections", TUNING_TEXT), "not set (default 16777214)");
    assert_int_equal(success_of("registry"), 1);
    fake_local_machine_number(PARAMETERS, "TcpTimedWaitDelay", 30);
    sample();
    size_t row = (size_t)row_of(KEY "TcpTimedWaitDelay");
    assert_int_equal(snapshot_number(world.snapshot, &table_tuning, row, TUNING_OK), 1);
    assert_int_equal(snapshot_number(world.snapshot, &table_tuning, row, TUNING_SOURCE), TUNING_REGISTRY);
}

static void a_registry_that_cannot_be_read_is_no_default(void **state)
{
    (void)state;
    sample();
    fake_local_machine_fail(-EACCES);
    sample();
    assert_int_equal(success_of("registry"), 0);
    assert_int_equal(row_of(KEY "TcpTimedWaitDelay"), -1);
    assert_int_equal(success_of("netsh"), 1);
    assert_true(row_of("tcp autotuninglevel") >= 0);
}

static void what_netsh_does_not_tell_makes_no_row(void **state)
{
    (void)state;
    fake_command_set("dynamicport", "", 0);
    sample();
    assert_int_equal(row_of("ipv4 dynamicport tcp"), -1);
    assert_int_equal(success_of("netsh"), 0);
    assert_string_equal(text_of("ipv6 excludedportrange tcp", TUNING_TEXT), "5357");
    assert_string_equal(text_of("tcp autotuninglevel", TUNING_TEXT), "normal");
    assert_string_equal(text_of("tcp autotuninglevel", TUNING_COMMAND), "");
    size_t row = (size_t)row_of("tcp autoreuseportrange");
    assert_int_equal(snapshot_number(world.snapshot, &table_tuning, row, TUNING_SOURCE), TUNING_POWERSHELL);
}

static void a_narrow_range_gets_a_command_and_its_undo(void **state)
{
    (void)state;
    fake_command_set("int ipv4 show dynamicport", "Start : 60000\r\nNumber : 1000\r\n", 0);
    sample();
    assert_string_equal(text_of("ipv4 dynamicport tcp", TUNING_COMMAND),
                        "netsh int ipv4 set dynamicport tcp start=10000 num=55536");
    assert_string_equal(text_of("ipv4 dynamicport tcp", TUNING_UNDO),
                        "netsh int ipv4 set dynamicport tcp start=60000 num=1000");
    assert_string_equal(text_of("ipv6 dynamicport tcp", TUNING_COMMAND), "");
}

static void the_configuration_has_the_last_word(void **state)
{
    (void)state;
    world.advice[0] = (struct option_pair){KEY "MaxUserPort", "show only"};
    world.advice[1] = (struct option_pair){"tcp autotuninglevel", "restricted"};
    world.options.advice = (struct option_pairs){world.advice, 2};
    fake_local_machine_text("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentVersion", 1, "5.2");
    sample();
    assert_string_equal(text_of(KEY "MaxUserPort", TUNING_ADVICE), "show only (configured)");
    assert_int_equal(row_of("tcp autotuninglevel"), -1); /* 2003 has none */
    assert_int_equal(success_of("netsh"), -1);
    tuning_collector.close(world.state);
    world.state = NULL;
    fake_local_machine_text("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentVersion", 1, "6.3");
    sample();
    assert_string_equal(text_of("tcp autotuninglevel", TUNING_COMMAND),
                        "netsh int tcp set global autotuninglevel=restricted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(absent_is_the_default_and_a_text_is_no_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_registry_that_cannot_be_read_is_no_default, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_netsh_does_not_tell_makes_no_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_narrow_range_gets_a_command_and_its_undo, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_configuration_has_the_last_word, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
