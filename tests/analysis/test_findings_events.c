/* SPDX-License-Identifier: Apache-2.0
 * What findings about ports learn from events: connections that found no port, and how many are opened. */
#include <string.h>

#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_events.h"
#include "tests/analysis/findings_scene.h"
#include "tests/cmocka.h"

#define USABLE 28000

static void put_use(struct builder *builder, const char *source, unsigned used, double rate)
{
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_SOURCE, source);
    builder_text(builder, PORT_USE_DESTINATION, "198.51.100.7:1433");
    builder_number(builder, PORT_USE_USED, used);
    builder_number(builder, PORT_USE_USABLE, USABLE);
    builder_real(builder, PORT_USE_RATIO, used / (double)USABLE);
    builder_real(builder, PORT_USE_DEMAND, used / (double)USABLE);
    builder_real(builder, PORT_USE_RATE, rate);
    builder_number(builder, PORT_USE_CLIFF, 1);
    builder_row(builder, &table_port_users);
    builder_text(builder, PORT_USERS_SOURCE, source);
    builder_text(builder, PORT_USERS_DESTINATION, "198.51.100.7:1433");
    builder_text(builder, PORT_USERS_PROCESS, "relay");
    builder_number(builder, PORT_USERS_USED, used);
}

static void put_connects(struct builder *builder, const char *destination, const char *process, uint64_t begun,
                         uint64_t no_port)
{
    builder_row(builder, &table_tcp_connects);
    builder_text(builder, TCP_CONNECTS_PROCESS, process);
    builder_text(builder, TCP_CONNECTS_DESTINATION, destination);
    builder_number(builder, TCP_CONNECTS_BEGUN, begun);
    if (no_port > 0)
        builder_number(builder, TCP_CONNECTS_FAILURES, no_port);
}

/* Two processes fail, ten times in all between two samples. The range is that of a socket option: 100 ports. */
static void put_failing(struct builder *builder, enum scene_state state, double seconds)
{
    static uint64_t failed;
    (void)seconds;
    failed += state == SCENE_BAD ? 5 : 0;
    put_use(builder, "192.0.2.1", 100, 0);
    put_use(builder, "192.0.2.2", 7, 0);
    put_connects(builder, "198.51.100.7:1433", "relay", 100 + failed, failed);
    put_connects(builder, "198.51.100.7:1433", "poller", 100 + failed, failed);
}

static void put_pool(struct builder *builder, const char *source, unsigned used)
{
    builder_row(builder, &table_port_pools);
    builder_text(builder, PORT_POOLS_SOURCE, source);
    builder_number(builder, PORT_POOLS_FAMILY, PORT_FAMILY_IPV4);
    builder_number(builder, PORT_POOLS_USED, used);
    builder_number(builder, PORT_POOLS_USABLE, USABLE);
    builder_real(builder, PORT_POOLS_RATIO, used / (double)USABLE);
}

/* bind() to port 0 fails, and the ports' destinations are not known to be used once each. */
static void put_binding(struct builder *builder, enum scene_state state, double seconds)
{
    static uint64_t failed;
    failed += state == SCENE_BAD ? 3 : 0;
    put_pool(builder, "192.0.2.2", 7);
    put_pool(builder, "192.0.2.1", state == SCENE_BAD ? USABLE * 9 / 10 : 500);
    put_use(builder, "192.0.2.1", state == SCENE_BAD ? USABLE * 8 / 10 : 500, 0);
    put_connects(builder, "*", "engine", 0, failed);
    builder_row(builder, &table_tcp_counters);
    builder_number(builder, TCP_COUNTERS_PASSIVE_OPENS, (uint64_t)seconds);
}

/* Past the cliff, where each of 40 connections per second costs 2.8 ms; few of them are closed from here. */
static void put_searching(struct builder *builder, enum scene_state state, double seconds)
{
    put_use(builder, "192.0.2.1", state == SCENE_BAD ? 15000 : state == SCENE_BETWEEN ? 13000 : 1000, 2);
    put_connects(builder, "198.51.100.7:1433", "relay", (uint64_t)(seconds * 40), 0);
}

static const struct scene_case cases[] = {
    {"ephemeral_ports_exhausted", put_failing, FINDING_SEVERITY_CRITICAL, 0, 60, true, 0,
     "10 connections failed for want of a port in the last 5 s: 100 of 28,000 ports of 192.0.2.1"},
    {"ephemeral_ports_filling", put_failing, FINDING_SEVERITY_CRITICAL, 0, 60, true, 0, "most by relay"},
    {"ephemeral_pool_filling", put_binding, FINDING_SEVERITY_CRITICAL, 0, 60, true, 0,
     "bind() to port 0 failed 3 times in the last 5 s: 25,200 of 28,000 ports of 192.0.2.1"},
    {"outbound_blocked", put_binding, FINDING_SEVERITY_CRITICAL, 0, 60, true, 0, "25,200 of 28,000 ports of 192.0.2.1"},
};

static void a_connection_without_a_port_is_critical(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        scene_play_case(&cases[i]);
}

/* What the search costs is by connections opened, also where the other side closes them. */
static void the_search_costs_by_opened_connections(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_searching, SCENE_GOOD, 20);
    scene_play(&scene, put_searching, SCENE_BAD, 15);
    assert_int_equal(scene_severity(&scene, "ephemeral_ports_filling"), FINDING_SEVERITY_CRITICAL);
    assert_int_equal(scene_severity(&scene, "ephemeral_ports_exhausted"), -1);
    scene_play(&scene, put_searching, SCENE_BETWEEN, 120);
    assert_int_equal(scene_severity(&scene, "ephemeral_ports_filling"), FINDING_SEVERITY_CRITICAL);
    scene_play(&scene, put_searching, SCENE_GOOD, 70);
    assert_int_equal(scene_severity(&scene, "ephemeral_ports_filling"), -1);
    scene_end(&scene);
}

/* Failures that were counted before this sample's predecessor are no news. */
static void old_failures_are_silent(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_failing, SCENE_GOOD, 300);
    assert_int_equal(scene_severity(&scene, "ephemeral_ports_exhausted"), -1);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_without_a_port_is_critical),
        cmocka_unit_test(the_search_costs_by_opened_connections),
        cmocka_unit_test(old_failures_are_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
