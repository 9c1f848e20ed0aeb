/* SPDX-License-Identifier: Apache-2.0
 * The throttled relay agents, on Windows: four instances of one program open and close 250 connections a second towards
 * one SQL Server, and 60,000 sockets in TIME_WAIT say that they are nobody's. */
#include <math.h>
#include <stdio.h>

#include "tests/host/windows_world.h"

extern const struct collector tcp_collector, tuning_collector;

const struct collector *const collectors[] = {&tcp_collector, &tuning_collector, NULL};
const enum host_platform collectors_platform = HOST_WINDOWS;

#define HOST     "192.0.2.10"
#define DATABASE "192.0.2.50"
#define PER_SECOND 250u
#define LIFE       240u
#define LIVE       40u /* of each agent, at any moment */
#define FIRST_PORT 1025u
#define PORTS      62000u

static const struct fake_process processes[] = {
    {4, "System", {NULL}},
    {880, "svchost.exe", {"Dhcp", "lmhosts"}},
    {1201, "RelayAgent.exe", {"RelayAgent$East"}},
    {1202, "RelayAgent.exe", {"RelayAgent$North"}},
    {1203, "RelayAgent.exe", {"RelayAgent$South"}},
    {1204, "RelayAgent.exe", {"RelayAgent$West"}},
};

#define AGENTS 4u

static struct fake_tcp_row rows[32];
static size_t row_count;

static void add(struct fake_tcp_row row)
{
    rows[row_count++] = row;
}

/* Connections of these numbers: each has the next local port, and begins anew after the last. */
static void add_connections(enum tcp_state state, unsigned first, unsigned count, uint32_t pid)
{
    while (count > 0) {
        unsigned offset = first % PORTS, piece = PORTS - offset < count ? PORTS - offset : count;
        add((struct fake_tcp_row){state, HOST, DATABASE, FIRST_PORT + offset, 1433, pid, piece});
        first += piece;
        count -= piece;
    }
}

/* The sockets at this second: those closed within one life, and those open. */
static void set_table(unsigned second)
{
    unsigned now = PER_SECOND * (second + LIFE);
    row_count = 0;
    add((struct fake_tcp_row){TCP_STATE_LISTEN, "0.0.0.0", "0.0.0.0", 445, 0, 4, 1});
    add((struct fake_tcp_row){TCP_STATE_LISTEN, "0.0.0.0", "0.0.0.0", 900, 0, 1201, 1});
    add((struct fake_tcp_row){TCP_STATE_ESTABLISHED, HOST, "198.51.100.4", 900, 40000, 1201, 1});
    add_connections(TCP_STATE_TIME_WAIT, now - PER_SECOND * LIFE, PER_SECOND * LIFE, 0);
    for (unsigned agent = 0; agent < AGENTS; agent++)
        add_connections(TCP_STATE_ESTABLISHED, now + LIVE * agent, LIVE, 1201 + agent);
    fake_tcp_table_set(rows, row_count);
}

/* What an old list of tweaks leaves behind. */
static void apply_old_list(void)
{
    fake_local_machine_number(WINDOWS_PARAMETERS, "MaxUserPort", 65534);
    fake_local_machine_number(WINDOWS_PARAMETERS, "TcpNumConnections", 65534);
    fake_local_machine_number(WINDOWS_PARAMETERS, "StrictTimeWaitSeqCheck", 1);
}

static void begin(struct windows_world *world, const char *version, const char *build)
{
    fake_process_list_set(processes, sizeof(processes) / sizeof(processes[0]));
    windows_world_version(version, build);
    apply_old_list();
    set_table(0);
    windows_world_begin(world);
}

static void play(struct windows_world *world, unsigned from, unsigned samples)
{
    for (unsigned i = 0; i < samples; i++) {
        set_table(5 * (from + i));
        windows_world_sample(world);
    }
}

static void expect_agents(const struct windows_world *world)
{
    const struct table *table = &table_port_users;
    for (unsigned agent = 0; agent < AGENTS; agent++) {
        long row = sample_find(world->snapshot, table, PORT_USERS_UNIT, processes[2 + agent].services[0]);
        assert_true(row >= 0);
        assert_string_equal(snapshot_text(world->snapshot, table, (size_t)row, PORT_USERS_PROCESS), "RelayAgent.exe");
        assert_string_equal(snapshot_text(world->snapshot, table, (size_t)row, PORT_USERS_DESTINATION),
                            DATABASE ":1433");
        assert_true(snapshot_number(world->snapshot, table, (size_t)row, PORT_USERS_USED) >= LIVE);
    }
}

static void expect_near(double value, double wanted, double share)
{
    if (fabs(value - wanted) > wanted * share)
        fail_msg("%g and not about %g", value, wanted);
}

static void expect_pool(const struct windows_world *world, double usable)
{
    const struct table *table = &table_port_pools;
    const double sockets = PER_SECOND * LIFE + AGENTS * LIVE;
    assert_int_equal(snapshot_row_count(world->snapshot, table), 1);
    assert_string_equal(snapshot_text(world->snapshot, table, 0, PORT_POOLS_SOURCE), "*");
    assert_true(snapshot_number(world->snapshot, table, 0, PORT_POOLS_USED) == sockets);
    assert_true(snapshot_number(world->snapshot, table, 0, PORT_POOLS_USABLE) == usable);
    expect_near(snapshot_real(world->snapshot, table, 0, PORT_POOLS_RATIO), sockets / usable, 1e-9);
    expect_near(snapshot_real(world->snapshot, table, 0, PORT_POOLS_DEMAND), sockets / usable, 0.01);
    assert_false(snapshot_has(world->snapshot, table, 0, PORT_POOLS_EXHAUSTION));
    expect_near(snapshot_real(world->snapshot, &table_port_limits, 0, PORT_LIMITS_TIME_WAIT), LIFE, 0.01);
}

static void expect_words(const struct windows_world *world, const char *finding, unsigned column, const char *words)
{
    const char *text = windows_world_text(world, finding, column);
    if (!strstr(text, words))
        fail_msg("%s: '%s' does not say '%s'", finding, text, words);
}

static void expect_findings(const struct windows_world *world)
{
    static const char ports[] = "ephemeral_ports_filling", pool[] = "ephemeral_pool_filling";
    size_t row = windows_world_finding(world, ports);
    assert_int_equal(snapshot_number(world->snapshot, &table_findings, row, FINDINGS_SEVERITY),
                     FINDING_SEVERITY_CRITICAL);
    expect_words(world, ports, FINDINGS_SENTENCE, "60,160 of 64,451 ports of " HOST " towards " DATABASE ":1433");
    expect_words(world, ports, FINDINGS_SENTENCE, "most by RelayAgent.exe (RelayAgent$");
    expect_words(world, ports, FINDINGS_DESTINATION, DATABASE ":1433");
    expect_words(world, ports, FINDINGS_UNIT, "RelayAgent$");
    expect_words(world, ports, FINDINGS_REMEDY,
                 "reg add \"HKLM\\" WINDOWS_PARAMETERS "\" /v TcpTimedWaitDelay /t REG_DWORD /d 30 /f");
    expect_words(world, ports, FINDINGS_UNDO,
                 "reg delete \"HKLM\\" WINDOWS_PARAMETERS "\" /v TcpTimedWaitDelay /f");
    expect_words(world, ports, FINDINGS_EFFECT, "TcpTimedWaitDelay=30: 93.");
    expect_words(world, pool, FINDINGS_SENTENCE, "of the IPv4 pool are taken over all destinations");
    expect_words(world, pool, FINDINGS_SENTENCE, "RelayAgent.exe (RelayAgent$");
    expect_words(world, pool, FINDINGS_SENTENCE, "on Windows one port serves one connection only");
    for (size_t i = 0; i < snapshot_row_count(world->snapshot, &table_findings); i++)
        for (unsigned column = FINDINGS_REMEDY; column <= FINDINGS_CAVEAT; column++)
            assert_null(strstr(snapshot_text(world->snapshot, &table_findings, i, column), "sysctl"));
}

static void the_relay_agents_are_named_and_the_pool_is_judged(void **state)
{
    (void)state;
    struct windows_world world;
    windows_world_netsh(FIRST_PORT, 64511, "disabled");
    fake_command_set("excludedportrange", "     65000       65059     *\r\n", 0);
    begin(&world, "10.0", "20348");
    play(&world, 0, 62);
    /* 64511 less 60 excluded; what listens is below the range. */
    expect_pool(&world, 64451);
    expect_agents(&world);
    expect_findings(&world);
    windows_world_end(&world);
}

/* What is told of a value of the registry or of netsh: ok is -1 where there is no judgement. */
struct judged {
    const char *key;
    int ok;
    const char *command; /* a part of it; NULL: there is none */
};

#define ADD "reg add \"HKLM\\" WINDOWS_PARAMETERS "\" /v "
#define KEY "Services\\Tcpip\\Parameters\\"

static void expect_judged(const struct windows_world *world, const struct judged *judged)
{
    long found = windows_world_tuning(world, judged->key, "");
    if (found < 0)
        fail_msg("no row for %s", judged->key);
    size_t row = (size_t)found;
    const struct table *table = &table_tuning;
    bool has = snapshot_has(world->snapshot, table, row, TUNING_OK);
    int ok = has ? (int)snapshot_number(world->snapshot, table, row, TUNING_OK) : -1;
    if (ok != judged->ok)
        fail_msg("%s: ok is %d and not %d", judged->key, ok, judged->ok);
    const char *command = snapshot_text(world->snapshot, table, row, TUNING_COMMAND);
    if (judged->command ? !strstr(command, judged->command) : command[0] != '\0')
        fail_msg("%s: the command is '%s'", judged->key, command);
    assert_int_equal(judged->command != NULL, snapshot_text(world->snapshot, table, row, TUNING_UNDO)[0] != '\0');
}

static void expect_all(const struct windows_world *world, const struct judged *judged, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_judged(world, &judged[i]);
}

#define EXPECT_ALL(world, judged) expect_all(world, judged, sizeof(judged) / sizeof((judged)[0]))

static void on_2003_the_ports_are_those_of_the_registry(void **state)
{
    static const struct judged judged[] = {
        {KEY "TcpTimedWaitDelay", 0, ADD "\"TcpTimedWaitDelay\" /t REG_DWORD /d 30 /f"},
        {KEY "MaxUserPort", 1, NULL},
        {KEY "TcpNumConnections", 0, "reg delete"},
        {KEY "StrictTimeWaitSeqCheck", -1, NULL},
        {KEY "MaxFreeTcbs", -1, NULL},
    };
    (void)state;
    struct windows_world world;
    begin(&world, "5.2", "3790");
    play(&world, 0, 3);
    EXPECT_ALL(&world, judged);
    assert_int_equal(windows_world_tuning(&world, "tcp autotuninglevel", ""), -1);
    assert_int_equal(fake_command_runs(), 0);
    /* 1025 to 65534, and one pool too. */
    assert_int_equal(snapshot_number(world.snapshot, &table_port_pools, 0, PORT_POOLS_USABLE), 64510);
    windows_world_end(&world);
}

static void on_2003_the_default_is_told_to_be_narrow(void **state)
{
    static const struct judged judged[] = {
        {KEY "MaxUserPort", 0, ADD "\"MaxUserPort\" /t REG_DWORD /d 65534 /f"},
        {KEY "TcpNumConnections", 1, NULL},
    };
    (void)state;
    struct windows_world world;
    windows_world_version("5.2", "3790");
    windows_world_begin(&world);
    windows_world_sample(&world);
    EXPECT_ALL(&world, judged);
    windows_world_end(&world);
}

static void expect_modern(const char *version, const char *build)
{
    static const struct judged judged[] = {
        {KEY "TcpTimedWaitDelay", 0, ADD "\"TcpTimedWaitDelay\" /t REG_DWORD /d 30 /f"},
        {KEY "MaxUserPort", -1, NULL},
        {KEY "TcpNumConnections", 0, "reg delete"},
        {KEY "StrictTimeWaitSeqCheck", -1, NULL},
        {"tcp autotuninglevel", 0, "netsh int tcp set global autotuninglevel=normal"},
        {"ipv4 excludedportrange tcp", -1, NULL},
    };
    struct windows_world world;
    windows_world_netsh(49152, 16384, "disabled");
    begin(&world, version, build);
    fake_tcp_table_set(NULL, 0);
    windows_world_sample(&world);
    windows_world_sample(&world);
    EXPECT_ALL(&world, judged);
    size_t low = (size_t)windows_world_tuning(&world, "ipv4 dynamicport tcp", "low");
    assert_true(snapshot_real(world.snapshot, &table_tuning, low, TUNING_VALUE) == 49152);
    assert_int_equal(snapshot_number(world.snapshot, &table_tuning, low, TUNING_OK), 1);
    size_t excluded = (size_t)windows_world_tuning(&world, "ipv4 excludedportrange tcp", "");
    assert_string_equal(snapshot_text(world.snapshot, &table_tuning, excluded, TUNING_TEXT), "5357,50000-50059");
    size_t old = (size_t)windows_world_tuning(&world, KEY "TcpNumConnections", "");
    assert_non_null(strstr(snapshot_text(world.snapshot, &table_tuning, old, TUNING_REASON), "misleads"));
    assert_non_null(strstr(snapshot_text(world.snapshot, &table_tuning, old, TUNING_ORIGIN), build));
    windows_world_end(&world);
}

static void on_2012_r2_and_2022_the_old_list_is_taken_back(void **state)
{
    (void)state;
    expect_modern("6.3", "9600");
    expect_modern("10.0", "20348");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_relay_agents_are_named_and_the_pool_is_judged),
        cmocka_unit_test(on_2003_the_ports_are_those_of_the_registry),
        cmocka_unit_test(on_2003_the_default_is_told_to_be_narrow),
        cmocka_unit_test(on_2012_r2_and_2022_the_old_list_is_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
