/* SPDX-License-Identifier: Apache-2.0
 * Each finding about connections and ports: raised, held, kept between its thresholds, cleared. */
#include <math.h>
#include <string.h>

#include "snapshot/tables/connect_probe.h"
#include "snapshot/tables/conntrack.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"
#include "snapshot/tables/tuning.h"
#include "tests/analysis/findings_scene.h"
#include "tests/cmocka.h"

#define USABLE 28000

static double seconds_left = NAN; /* until the ports are taken; NaN: that is not told */

static void put_use(struct builder *builder, unsigned used, double demand, double rate, bool cliff)
{
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_SOURCE, "192.0.2.1");
    builder_text(builder, PORT_USE_DESTINATION, "198.51.100.7:1433");
    builder_number(builder, PORT_USE_USED, used);
    builder_number(builder, PORT_USE_REUSABLE, 0);
    builder_number(builder, PORT_USE_USABLE, USABLE);
    builder_real(builder, PORT_USE_RATIO, used / (double)USABLE);
    builder_real(builder, PORT_USE_DEMAND, demand);
    builder_real(builder, PORT_USE_RATE, rate);
    builder_number(builder, PORT_USE_CLIFF, cliff);
    builder_real(builder, PORT_USE_EXHAUSTION, seconds_left);
    builder_row(builder, &table_port_users);
    builder_text(builder, PORT_USERS_SOURCE, "192.0.2.1");
    builder_text(builder, PORT_USERS_DESTINATION, "198.51.100.7:1433");
    builder_text(builder, PORT_USERS_PROCESS, "relay");
    builder_text(builder, PORT_USERS_UNIT, "relay.service");
    builder_number(builder, PORT_USERS_USED, used);
}

static void put_demand(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    double demand = state == SCENE_BAD ? 0.45 : state == SCENE_BETWEEN ? 0.38 : 0.2;
    put_use(builder, 5000, demand, demand * USABLE / 60, true);
}

static void put_exhausted(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_use(builder, state == SCENE_BAD ? USABLE : state == SCENE_BETWEEN ? 26500 : 5000, 0.2, 0, true);
}

static void put_pool_rows(struct builder *builder, unsigned used, unsigned destinations)
{
    builder_row(builder, &table_port_pools);
    builder_text(builder, PORT_POOLS_SOURCE, "192.0.2.1");
    builder_number(builder, PORT_POOLS_FAMILY, PORT_FAMILY_IPV4);
    builder_number(builder, PORT_POOLS_USED, used);
    builder_number(builder, PORT_POOLS_USABLE, USABLE);
    builder_real(builder, PORT_POOLS_RATIO, used / (double)USABLE);
    builder_row(builder, &table_port_use);
    builder_others(builder, destinations);
    builder_number(builder, PORT_USE_USED, used);
    builder_row(builder, &table_port_users);
    builder_text(builder, PORT_USERS_SOURCE, "192.0.2.1");
    builder_text(builder, PORT_USERS_DESTINATION, "198.51.100.8:161");
    builder_text(builder, PORT_USERS_PROCESS, "engine");
    builder_number(builder, PORT_USERS_USED, 10);
}

static void put_pool(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_pool_rows(builder, state == SCENE_BAD ? USABLE * 8 / 10 : state == SCENE_BETWEEN ? USABLE * 7 / 10 : 3000, 900);
}

static void put_counters(struct builder *builder, const uint64_t counters[TCP_COUNTERS_DUMPS_INTERRUPTED])
{
    builder_row(builder, &table_tcp_counters);
    for (unsigned i = TCP_COUNTERS_ACTIVE_OPENS; i < TCP_COUNTERS_DUMPS_INTERRUPTED; i++)
        builder_number(builder, i, counters[i]);
}

static void put_blocked(struct builder *builder, enum scene_state state, double seconds)
{
    put_pool_rows(builder, state == SCENE_BAD ? USABLE : state == SCENE_BETWEEN ? USABLE * 92 / 100 : 3000, 900);
    uint64_t counters[TCP_COUNTERS_DUMPS_INTERRUPTED] = {0};
    counters[TCP_COUNTERS_PASSIVE_OPENS] = (uint64_t)seconds * 10;
    put_counters(builder, counters);
}

/* Nearly every connection that is opened here fails, while others come in. Good: a few do. */
static void put_failing(struct builder *builder, enum scene_state state, double seconds)
{
    static uint64_t opened, failed;
    uint64_t counters[TCP_COUNTERS_DUMPS_INTERRUPTED] = {0};
    opened += 100;
    failed += state == SCENE_BAD ? 97 : 2;
    counters[TCP_COUNTERS_ACTIVE_OPENS] = opened;
    counters[TCP_COUNTERS_ATTEMPT_FAILS] = failed;
    counters[TCP_COUNTERS_PASSIVE_OPENS] = (uint64_t)seconds * 10;
    put_counters(builder, counters);
}

static void put_probe(struct builder *builder, enum scene_state state, double seconds)
{
    uint64_t counters[TCP_COUNTERS_DUMPS_INTERRUPTED] = {0};
    counters[TCP_COUNTERS_PASSIVE_OPENS] = (uint64_t)seconds * 10;
    put_counters(builder, counters);
    builder_row(builder, &table_connect_probe);
    builder_number(builder, CONNECT_PROBE_SUCCESS, state != SCENE_BAD);
    builder_text(builder, CONNECT_PROBE_TARGET, "198.51.100.7:443");
    if (state == SCENE_BAD)
        builder_text(builder, CONNECT_PROBE_ERROR, "Connection timed out");
}

static void put_syn_sent(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_tcp_sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, "poller");
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_OUTBOUND);
    builder_number(builder, TCP_SOCKETS_PORT, 1433);
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_SYN_SENT);
    builder_number(builder, TCP_SOCKETS_SOCKETS, state == SCENE_BAD ? 60 : state == SCENE_BETWEEN ? 30 : 2);
}

static void put_overflow(struct builder *builder, enum scene_state state, double seconds)
{
    static uint64_t overflows;
    (void)seconds;
    uint64_t counters[TCP_COUNTERS_DUMPS_INTERRUPTED] = {0};
    overflows += state == SCENE_BAD ? 12 : 0;
    counters[TCP_COUNTERS_TIME_WAIT_OVERFLOWS] = overflows;
    put_counters(builder, counters);
}

static void put_listener(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    const uint64_t counters[TCP_COUNTERS_DUMPS_INTERRUPTED] = {0};
    put_counters(builder, counters);
    builder_row(builder, &table_listeners);
    builder_text(builder, LISTENERS_PROCESS, "web");
    builder_text(builder, LISTENERS_ADDRESS, "*");
    builder_number(builder, LISTENERS_PORT, 443);
    builder_number(builder, LISTENERS_QUEUE, state == SCENE_BAD ? 125 : state == SCENE_BETWEEN ? 80 : 3);
    builder_number(builder, LISTENERS_QUEUE_LIMIT, 128);
}

/* Ten more every five seconds; good is that it has closed them. */
static void put_close_wait(struct builder *builder, enum scene_state state, double seconds)
{
    static double sockets = 400;
    (void)seconds;
    sockets = state == SCENE_BAD ? sockets + 10 : state == SCENE_BETWEEN ? sockets : 400;
    for (unsigned port = 80; port < 82; port++) {
        builder_row(builder, &table_tcp_sockets);
        builder_text(builder, TCP_SOCKETS_PROCESS, "leaky");
        builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_INBOUND);
        builder_number(builder, TCP_SOCKETS_PORT, port);
        builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_CLOSE_WAIT);
        builder_number(builder, TCP_SOCKETS_SOCKETS, (uint64_t)(sockets / 2));
    }
}

static void put_conntrack(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_conntrack);
    builder_number(builder, CONNTRACK_ENTRIES, state == SCENE_BAD ? 85000 : state == SCENE_BETWEEN ? 78000 : 1000);
    builder_number(builder, CONNTRACK_LIMIT, 100000);
}

static void put_full_conntrack(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_conntrack);
    builder_number(builder, CONNTRACK_ENTRIES, state == SCENE_BAD ? 97000 : state == SCENE_BETWEEN ? 92000 : 1000);
    builder_number(builder, CONNTRACK_LIMIT, 100000);
}

static void put_unknown(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_tcp_states);
    builder_number(builder, TCP_STATES_STATE, TCP_STATE_TIME_WAIT);
    builder_number(builder, TCP_STATES_SOCKETS, 1000);
    builder_number(builder, TCP_STATES_UNKNOWN, state == SCENE_BAD ? 600 : state == SCENE_BETWEEN ? 480 : 10);
}

static void put_at_risk(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_tcp_ranges);
    builder_number(builder, TCP_RANGES_LOW, 32768);
    builder_number(builder, TCP_RANGES_HIGH, 60999);
    builder_row(builder, &table_tuning);
    builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
    builder_text(builder, TUNING_KEY, "net.ipv4.ip_local_reserved_ports");
    builder_text(builder, TUNING_TEXT, state == SCENE_BAD ? "100-200,40000" : "39000-39200,40000");
    for (unsigned port = 39104; port <= 40000; port += 896) {
        builder_row(builder, &table_listeners);
        builder_text(builder, LISTENERS_PROCESS, "exporter");
        builder_text(builder, LISTENERS_ADDRESS, "*");
        builder_number(builder, LISTENERS_PORT, port);
        builder_number(builder, LISTENERS_QUEUE_LIMIT, 128);
    }
}

static const struct scene_case cases[] = {
    {"ephemeral_ports_filling", put_demand, FINDING_SEVERITY_WARNING, 600, 60, false, 0,
     "most by relay (relay.service)"},
    {"ephemeral_ports_exhausted", put_exhausted, FINDING_SEVERITY_CRITICAL, 0, 60, false, 0, "No port is left"},
    {"ephemeral_pool_filling", put_pool, FINDING_SEVERITY_WARNING, 5, 60, false, 0, "22,400 of 28,000 ports"},
    {"outbound_blocked", put_blocked, FINDING_SEVERITY_CRITICAL, 5, 60, false, 0, "inbound ones work"},
    {"outbound_blocked", put_failing, FINDING_SEVERITY_WARNING, 300, 60, true, 0, "97 failed, while 50 inbound ones"},
    {"outbound_blocked", put_probe, FINDING_SEVERITY_WARNING, 300, 60, true, 0,
     "cannot connect to 198.51.100.7:443 (Connection timed out)"},
    {"connect_timeouts", put_syn_sent, FINDING_SEVERITY_WARNING, 30, 60, false, 0,
     "60 connections of poller to port 1433"},
    {"time_wait_overflow", put_overflow, FINDING_SEVERITY_WARNING, 0, 600, true, 0, "12 sockets"},
    {"listen_queue_full", put_listener, FINDING_SEVERITY_WARNING, 5, 60, false, 0, "125 connections wait for web"},
    {"listen_queue_full", put_listener, FINDING_SEVERITY_CRITICAL, 60, 60, false, 0, "its queue holds 128"},
    {"close_wait_leak", put_close_wait, FINDING_SEVERITY_WARNING, 3645, 300, false, 0, "leaky has not closed"},
    {"conntrack_filling", put_conntrack, FINDING_SEVERITY_WARNING, 5, 300, false, 0, "85,000 of 100,000 flows"},
    {"conntrack_filling", put_full_conntrack, FINDING_SEVERITY_CRITICAL, 5, 300, false, 0, "97,000 of 100,000"},
    {"owner_unknown", put_unknown, FINDING_SEVERITY_INFO, 60, 300, false, 0, "600 of 1,000"},
    {"listen_port_at_risk", put_at_risk, FINDING_SEVERITY_INFO, 5, 300, true, 300, "39104 (exporter)"},
};

static void each_is_raised_held_and_cleared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        scene_play_case(&cases[i]);
}

/* What each condition of filling is for. */
struct filling {
    unsigned used;
    double demand;
    double rate;
    bool cliff;
    int severity; /* in the second sample */
};

static const struct filling fillings[] = {
    {3500, 1.2, 560, true, FINDING_SEVERITY_WARNING},   /* will run out, if it goes on */
    {1500, 1.2, 560, true, -1},                         /* a burst that has just begun */
    {15000, 0.55, 10, true, FINDING_SEVERITY_WARNING},  /* past the cliff */
    {15000, 0.55, 10, false, -1},                       /* no cliff with reuse */
    {15000, 0.75, 40, true, FINDING_SEVERITY_CRITICAL}, /* the search costs 0.112 cores */
    {25500, 0.91, 0, true, FINDING_SEVERITY_CRITICAL},  /* under a tenth is free */
    {14000, 0.5, 0.02, true, -1},                       /* 14,000 that stay, one a minute opened */
};
static const struct filling *filling;

static void put_filling(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    if (state == SCENE_BAD)
        put_use(builder, filling->used, filling->demand, filling->rate, filling->cliff);
}

static void filling_follows_physics(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(fillings) / sizeof(fillings[0]); i++) {
        struct scene scene;
        filling = &fillings[i];
        scene_begin(&scene);
        scene_play(&scene, put_filling, SCENE_BAD, 10);
        if (scene_severity(&scene, "ephemeral_ports_filling") != filling->severity)
            fail_msg("filling %zu: %d", i, scene_severity(&scene, "ephemeral_ports_filling"));
        scene_end(&scene);
    }
}

static void an_overrun_is_critical_once_it_lasts_or_the_end_is_near(void **state)
{
    (void)state;
    static const struct filling overrun = {3500, 1.2, 560, true, 0};
    const char *name = "ephemeral_ports_filling";
    static const struct {
        double left;
        int severities[3]; /* in the first samples */
    } ends[] = {
        {30, {-1, FINDING_SEVERITY_WARNING, FINDING_SEVERITY_CRITICAL}},
        {20, {FINDING_SEVERITY_CRITICAL, FINDING_SEVERITY_CRITICAL, FINDING_SEVERITY_CRITICAL}},
    };
    filling = &overrun;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct scene scene;
        seconds_left = ends[i].left;
        scene_begin(&scene);
        for (unsigned sample = 0; sample < 3; sample++) {
            scene_sample(&scene, put_filling, SCENE_BAD);
            assert_int_equal(scene_severity(&scene, name), ends[i].severities[sample]);
        }
        scene_end(&scene);
    }
    seconds_left = NAN;
}

static void a_filling_destination_has_its_culprit_and_cure(void **state)
{
    (void)state;
    const struct filling overrun = {9400, 1.67, 780, true, 2};
    const char *name = "ephemeral_ports_filling";
    struct scene scene;
    filling = &overrun;
    scene_begin(&scene);
    scene_play(&scene, put_filling, SCENE_BAD, 10);
    assert_string_equal(scene_text(&scene, name, FINDINGS_SUBJECT), "198.51.100.7:1433 from 192.0.2.1");
    assert_string_equal(scene_text(&scene, name, FINDINGS_DESTINATION), "198.51.100.7:1433");
    assert_string_equal(scene_text(&scene, name, FINDINGS_PROCESS), "relay");
    assert_string_equal(scene_text(&scene, name, FINDINGS_UNIT), "relay.service");
    assert_string_equal(scene_text(&scene, name, FINDINGS_REMEDY), "sysctl -w net.ipv4.tcp_tw_reuse=1");
    assert_string_equal(scene_text(&scene, name, FINDINGS_UNDO), "sysctl -w net.ipv4.tcp_tw_reuse=2");
    assert_string_equal(scene_text(&scene, name, FINDINGS_EFFECT), "tcp_tw_reuse=1: 167.0 % → 2.8 %");
    assert_non_null(strstr(scene_text(&scene, name, FINDINGS_CURE), "relay (relay.service)"));
    assert_non_null(strstr(scene_text(&scene, name, FINDINGS_SINCE), "UTC"));
    scene_end(&scene);
}

/* A destination that has no row any more is over, and cleared after the clear time with what was said of it last. */
static void a_subject_that_is_gone_is_cleared(void **state)
{
    (void)state;
    const struct filling full = {25500, 0.91, 0, true, 2};
    const char *name = "ephemeral_ports_filling";
    struct scene scene;
    filling = &full;
    scene_begin(&scene);
    scene_play(&scene, put_filling, SCENE_BAD, 10);
    scene_play(&scene, put_filling, SCENE_GOOD, 60);
    assert_int_equal(scene_severity(&scene, name), FINDING_SEVERITY_CRITICAL);
    assert_string_equal(scene_text(&scene, name, FINDINGS_PROCESS), "relay");
    scene_play(&scene, put_filling, SCENE_GOOD, 10);
    assert_int_equal(scene_severity(&scene, name), -1);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_raised_held_and_cleared),
        cmocka_unit_test(filling_follows_physics),
        cmocka_unit_test(an_overrun_is_critical_once_it_lasts_or_the_end_is_near),
        cmocka_unit_test(a_filling_destination_has_its_culprit_and_cure),
        cmocka_unit_test(a_subject_that_is_gone_is_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
