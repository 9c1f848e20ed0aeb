/* SPDX-License-Identifier: Apache-2.0
 * Each finding about mail, settings and the agent itself: raised, held, cleared. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "snapshot/tables/agent.h"
#include "snapshot/tables/collectors.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tuning.h"
#include "tests/analysis/findings_scene.h"
#include "tests/cmocka.h"
#include "tests/fakes/clock.h"

static void put_queue(struct builder *builder, const char *queue, unsigned messages, double oldest, unsigned over_5m,
                      unsigned over_1h)
{
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, MAIL_POSTFIX);
    builder_text(builder, MAIL_QUEUES_SERVER, "main");
    builder_text(builder, MAIL_QUEUES_QUEUE, queue);
    builder_number(builder, MAIL_QUEUES_MESSAGES, messages);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, oldest);
    builder_number(builder, MAIL_QUEUES_OVER_5M, over_5m);
    builder_number(builder, MAIL_QUEUES_OVER_1H, over_1h);
}

static void put_late(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_queue(builder, "incoming", 40, state == SCENE_BAD ? 400 : 2, 0, 0);
}

static void put_later(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_queue(builder, "maildrop", 40, state == SCENE_BAD ? 1000 : 2, 0, 0);
}

static void put_stuck(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_queue(builder, "active", 400, 90000, state == SCENE_BAD ? 80 : 20, 20);
}

static void put_corrupt(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_queue(builder, "corrupt", state == SCENE_BAD ? 1 : 0, 1, 0, 0);
}

/* Five days of bounces, and then a next hop that is down: 10 messages in five seconds. */
static void put_deferred(struct builder *builder, enum scene_state state, double seconds)
{
    static double old = 3000;
    (void)seconds;
    old = state == SCENE_BAD ? old + 10 : state == SCENE_BETWEEN ? old : 40;
    put_queue(builder, "deferred", (unsigned)old + 100, 432000, (unsigned)old, (unsigned)old);
}

static void put_growing(struct builder *builder, enum scene_state state, double seconds)
{
    static double depth = 1000;
    (void)seconds;
    depth = state == SCENE_BAD ? depth + 10 : state == SCENE_BETWEEN ? depth : 100;
    put_queue(builder, "active", (unsigned)depth, 10, 0, 0);
}

static void put_source(struct builder *builder, const char *collector, const char *source, bool read)
{
    builder_row(builder, &table_sources);
    builder_text(builder, SOURCES_COLLECTOR, collector);
    builder_text(builder, SOURCES_SOURCE, source);
    builder_number(builder, SOURCES_SUCCESS, read);
    if (!read)
        builder_text(builder, SOURCES_ERROR, "/var/spool/postfix/deferred: Permission denied");
}

static void put_mail_source(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_source(builder, "mail", "postfix:main", state == SCENE_GOOD);
}

static void put_never_read(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_source(builder, "mail", state == SCENE_BAD ? "postfix:unread" : "postfix:main", state != SCENE_BAD);
}

static void put_collector(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    builder_row(builder, &table_collectors);
    builder_text(builder, COLLECTORS_COLLECTOR, "tcp");
    builder_number(builder, COLLECTORS_SUCCESS, state == SCENE_GOOD);
    builder_text(builder, COLLECTORS_ERROR, "netlink: Permission denied");
    put_source(builder, "tcp", "netns:box", true);
}

static void put_tuning(struct builder *builder, const char *key, double value, bool ok, bool persisted)
{
    builder_row(builder, &table_tuning);
    builder_number(builder, TUNING_SOURCE, TUNING_SYSCTL);
    builder_text(builder, TUNING_KEY, key);
    builder_real(builder, TUNING_VALUE, value);
    builder_text(builder, TUNING_TEXT, "2");
    builder_text(builder, TUNING_ADVICE, "1");
    builder_text(builder, TUNING_COMMAND, "sysctl -w x=1");
    builder_text(builder, TUNING_UNDO, "sysctl -w x=2");
    builder_text(builder, TUNING_CAVEAT, "Costs memory.");
    builder_number(builder, TUNING_OK, ok);
    builder_number(builder, TUNING_PERSISTED, persisted);
}

static void put_below(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_tuning(builder, "net.ipv4.tcp_tw_reuse", 2, state == SCENE_GOOD, true);
}

static void put_not_persisted(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_tuning(builder, "net.core.somaxconn", 4096, true, state == SCENE_GOOD);
}

static void put_inconsistent(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    put_tuning(builder, "net.ipv4.tcp_tw_reuse", 1, true, true);
    put_tuning(builder, "net.ipv4.tcp_timestamps", state == SCENE_BAD ? 0 : 1, true, true);
}

/* As many rows of a table without a bound as nearly fill the 1,000 series. */
static void put_series(struct builder *builder, enum scene_state state, double seconds)
{
    (void)seconds;
    for (unsigned i = 0; i < (state == SCENE_BAD ? 1000u : state == SCENE_BETWEEN ? 870u : 10u); i++) {
        char name[24];
        (void)snprintf(name, sizeof(name), "collector%u", i);
        builder_row(builder, &table_collectors);
        builder_text(builder, COLLECTORS_COLLECTOR, name);
        builder_number(builder, COLLECTORS_SUCCESS, 1);
    }
}

static const struct scene_case cases[] = {
    {"mail_queue_old", put_late, FINDING_SEVERITY_WARNING, 0, 300, true, 0, "The queue incoming of postfix main"},
    {"mail_queue_old", put_later, FINDING_SEVERITY_CRITICAL, 0, 300, true, 0, "the oldest of them for 16 min 40 s"},
    {"mail_queue_old", put_stuck, FINDING_SEVERITY_WARNING, 600, 300, true, 0, "queue active"},
    {"mail_queue_old", put_corrupt, FINDING_SEVERITY_WARNING, 0, 300, true, 0, "queue corrupt"},
    {"mail_queue_growing", put_growing, FINDING_SEVERITY_WARNING, 1095, 300, false, 600, "never drains"},
    {"mail_unreadable", put_mail_source, FINDING_SEVERITY_WARNING, 5, 0, true, 5, "Permission denied"},
    {"mail_unreadable", put_never_read, FINDING_SEVERITY_INFO, 0, 0, true, 5, "postfix:unread cannot be read"},
    {"collector_failing", put_collector, FINDING_SEVERITY_WARNING, 5, 0, true, 5, "The collector tcp fails"},
    {"tuning_below_advice", put_below, FINDING_SEVERITY_INFO, 0, 0, true, 5, "net.ipv4.tcp_tw_reuse is 2; we advise 1"},
    {"tuning_not_persisted", put_not_persisted, FINDING_SEVERITY_INFO, 0, 0, true, 5, "a reboot would set"},
    {"tuning_inconsistent", put_inconsistent, FINDING_SEVERITY_INFO, 0, 0, true, 5, "no TIME_WAIT is ever reused"},
    {"series_limited", put_series, FINDING_SEVERITY_INFO, 10, 600, false, 610, "of at most 1,000 series"},
};

static void each_is_raised_held_and_cleared(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        scene_play_case(&cases[i]);
}

static void bounces_are_silent_until_they_become_many_more(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_deferred, SCENE_BETWEEN, 7200);
    assert_int_equal(scene_severity(&scene, "mail_queue_old"), -1);
    scene_play(&scene, put_deferred, SCENE_BAD, 3000);
    assert_int_equal(scene_severity(&scene, "mail_queue_old"), FINDING_SEVERITY_WARNING);
    assert_string_equal(scene_text(&scene, "mail_queue_old", FINDINGS_QUEUE), "deferred");
    assert_string_equal(scene_text(&scene, "mail_queue_old", FINDINGS_MTA), "postfix");
    scene_play(&scene, put_deferred, SCENE_GOOD, 310);
    assert_int_equal(scene_severity(&scene, "mail_queue_old"), -1);
    scene_end(&scene);
}

/* Good: 20,000 messages that came at once, 15 a second go. Bad: 2 a second go, so that the last one takes hours. */
static void put_newsletter(struct builder *builder, enum scene_state state, double seconds)
{
    double left = fmax(20000 - seconds * (state == SCENE_GOOD ? 15 : 2), 0);
    put_queue(builder, "incoming", (unsigned)left, left > 0 ? seconds : 0, (unsigned)left, 0);
}

static void a_queue_that_drains_soon_is_not_late(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    for (double played = 0; played < 1500; played += 5) {
        scene_sample(&scene, put_newsletter, SCENE_GOOD);
        assert_int_equal(scene_severity(&scene, "mail_queue_old"), -1);
    }
    scene_end(&scene);
    scene_begin(&scene);
    scene_play(&scene, put_newsletter, SCENE_BAD, 305);
    assert_int_equal(scene_severity(&scene, "mail_queue_old"), FINDING_SEVERITY_WARNING);
    scene_end(&scene);
}

/* Bad: ports past the cliff. Between: 35 % of them taken, for good. */
static void put_used_below(struct builder *builder, enum scene_state state, double seconds)
{
    put_below(builder, SCENE_BAD, seconds);
    double ratio = state == SCENE_BAD ? 0.6 : state == SCENE_BETWEEN ? 0.35 : 0.01;
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_SOURCE, "192.0.2.1");
    builder_text(builder, PORT_USE_DESTINATION, "198.51.100.7:1433");
    builder_number(builder, PORT_USE_USED, 100);
    builder_real(builder, PORT_USE_RATIO, ratio);
    builder_real(builder, PORT_USE_RATE, ratio * 100);
    builder_number(builder, PORT_USE_CLIFF, 1);
}

/* Advice on ports is a warning for a day after they were short, and info again then; a level where nothing hurts is no
 * reason, however high. */
static void advice_warns_only_where_the_resource_was_short(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_used_below, SCENE_BETWEEN, 600);
    assert_int_equal(scene_severity(&scene, "tuning_below_advice"), FINDING_SEVERITY_INFO);
    scene_play(&scene, put_used_below, SCENE_BAD, 10);
    assert_int_equal(scene_severity(&scene, "ephemeral_ports_filling"), FINDING_SEVERITY_WARNING);
    assert_int_equal(scene_severity(&scene, "tuning_below_advice"), FINDING_SEVERITY_WARNING);
    scene_play(&scene, put_used_below, SCENE_GOOD, 86000);
    assert_int_equal(scene_severity(&scene, "ephemeral_ports_filling"), -1);
    assert_int_equal(scene_severity(&scene, "tuning_below_advice"), FINDING_SEVERITY_WARNING);
    scene_play(&scene, put_used_below, SCENE_GOOD, 600);
    assert_int_equal(scene_severity(&scene, "tuning_below_advice"), FINDING_SEVERITY_INFO);
    scene_end(&scene);
}

static void put_nothing(struct builder *builder, enum scene_state state, double seconds)
{
    (void)builder;
    (void)state;
    (void)seconds;
}

static void a_gap_without_samples_is_told(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_nothing, SCENE_GOOD, 20);
    fake_clock_advance(INT64_C(90) * 1000000000);
    scene_sample(&scene, put_nothing, SCENE_GOOD);
    assert_int_equal(scene_severity(&scene, "sample_stale"), FINDING_SEVERITY_WARNING);
    assert_non_null(strstr(scene_text(&scene, "sample_stale", FINDINGS_SENTENCE), "no sample for 1 min 35 s"));
    scene_play(&scene, put_nothing, SCENE_GOOD, 320);
    assert_int_equal(scene_severity(&scene, "sample_stale"), -1);
    scene_end(&scene);
}

/* 2,000 at once: bounded and counted, the worst ones shown. */
static void put_many(struct builder *builder, enum scene_state state, double seconds)
{
    (void)state;
    (void)seconds;
    for (unsigned i = 0; i < 2000; i++) {
        char server[32];
        (void)snprintf(server, sizeof(server), "server%u", i);
        builder_row(builder, &table_mail_queues);
        builder_number(builder, MAIL_QUEUES_MTA, MAIL_POSTFIX);
        builder_text(builder, MAIL_QUEUES_SERVER, server);
        builder_text(builder, MAIL_QUEUES_QUEUE, "incoming");
        builder_number(builder, MAIL_QUEUES_MESSAGES, 1);
        builder_real(builder, MAIL_QUEUES_OLDEST_AGE, i % 100 == 7 ? 1000 : 400);
    }
}

static void two_thousand_findings_are_bounded_and_counted(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene);
    scene_play(&scene, put_many, SCENE_BAD, 10);
    const struct table *table = &table_findings;
    assert_in_range(snapshot_row_count(scene.snapshot, table), 50, 101);
    unsigned critical = 0;
    for (size_t i = 0; i < snapshot_row_count(scene.snapshot, table); i++)
        critical += !snapshot_is_other(scene.snapshot, table, i) &&
                    snapshot_number(scene.snapshot, table, i, FINDINGS_SEVERITY) == FINDING_SEVERITY_CRITICAL;
    assert_int_equal(critical, 20);
    uint64_t all = 0;
    for (size_t i = 0; i < 3; i++)
        all += snapshot_number(scene.snapshot, &table_finding_counts, i, FINDING_COUNTS_FINDINGS);
    assert_int_equal(all, 2000);
    assert_true(snapshot_row_count(scene.snapshot, &table_finding_memory) <= 2000);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_raised_held_and_cleared),
        cmocka_unit_test(bounces_are_silent_until_they_become_many_more),
        cmocka_unit_test(a_queue_that_drains_soon_is_not_late),
        cmocka_unit_test(advice_warns_only_where_the_resource_was_short),
        cmocka_unit_test(a_gap_without_samples_is_told),
        cmocka_unit_test(two_thousand_findings_are_bounded_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
