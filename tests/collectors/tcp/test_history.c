/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/history.h"

#include "base/clock.h"
#include "tests/cmocka.h"

#define PROCESS_A 10u
#define PROCESS_B 11u
#define UNIT_A    20u
#define UNIT_B    21u

static const struct destination_key key = {.port = 1433};
static const struct owner a = {PROCESS_A, UNIT_A}, b = {PROCESS_B, UNIT_B}, nameless = {NAME_UNKNOWN, UNIT_A};

struct world {
    struct history history;
    int64_t now;
};

static void begin(struct world *world, enum history_evidence evidence)
{
    world->now += 5 * CLOCK_SECOND;
    history_begin(&world->history, world->now, evidence);
}

/* One sample in which so many connections of the owner are there, all of them new. */
static void pass(struct world *world, struct owner owner, uint32_t connections)
{
    begin(world, HISTORY_TELLS);
    if (connections > 0)
        history_note_live(&world->history, &key, owner, connections, connections);
    history_end(&world->history);
}

static void expect(const struct world *world, struct owner owner)
{
    struct owner found = history_owner_of(&world->history, &key);
    assert_int_equal(found.process, owner.process);
    assert_int_equal(found.unit, owner.unit);
}

static void who_came_and_went_is_the_owner(void **state)
{
    (void)state;
    struct world world = {0};
    pass(&world, a, 2);
    expect(&world, OWNER_UNKNOWN); /* they may stay */
    pass(&world, a, 2);
    expect(&world, OWNER_UNKNOWN); /* two went: not enough */
    pass(&world, a, 0);
    expect(&world, a);
    history_free(&world.history);
}

static void who_stays_is_no_evidence(void **state)
{
    (void)state;
    struct world world = {0};
    for (unsigned i = 0; i < 20; i++) {
        begin(&world, HISTORY_TELLS);
        history_note_live(&world.history, &key, a, 50, i == 0 ? 50 : 0);
        history_end(&world.history);
    }
    expect(&world, OWNER_UNKNOWN);
    /* Another one's connections come and go beside it: those that stay do not make it doubtful. */
    for (unsigned i = 0; i < 5; i++) {
        begin(&world, HISTORY_TELLS);
        history_note_live(&world.history, &key, a, 50, 0);
        history_note_live(&world.history, &key, b, 1, 1);
        history_end(&world.history);
    }
    expect(&world, b);
    history_free(&world.history);
}

static void of_several_only_what_they_share(void **state)
{
    (void)state;
    static const struct {
        struct owner one, two, expected;
    } cases[] = {
        {{PROCESS_A, UNIT_A}, {PROCESS_B, UNIT_B}, {NAME_UNKNOWN, NAME_NONE}},
        {{PROCESS_A, UNIT_A}, {PROCESS_B, UNIT_A}, {NAME_UNKNOWN, UNIT_A}},
        {{PROCESS_A, UNIT_A}, {PROCESS_A, UNIT_B}, {PROCESS_A, NAME_NONE}},
        {{PROCESS_A, UNIT_A}, {NAME_UNKNOWN, UNIT_A}, {PROCESS_A, UNIT_A}}, /* gone before it was looked for */
        {{PROCESS_A, UNIT_A}, {NAME_UNKNOWN, UNIT_B}, {PROCESS_A, NAME_NONE}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world world = {0};
        pass(&world, cases[i].one, 5);
        pass(&world, cases[i].two, 5);
        pass(&world, cases[i].two, 0);
        expect(&world, cases[i].expected);
        history_free(&world.history);
    }
}

static void who_may_not_look_names_nobody_beside_the_unknown(void **state)
{
    (void)state;
    struct world world = {0};
    pass(&world, a, 9);
    pass(&world, nameless, 5);
    pass(&world, a, 0);
    expect(&world, a);
    begin(&world, HISTORY_BLIND);
    expect(&world, (struct owner){NAME_UNKNOWN, UNIT_A});
    history_free(&world.history);
}

static void where_events_name_all_nothing_is_estimated(void **state)
{
    (void)state;
    struct world world = {0};
    for (unsigned i = 0; i < 5; i++)
        pass(&world, a, 3);
    expect(&world, a);
    begin(&world, HISTORY_MUTE); /* b's came and went before, and no sample ever saw one */
    expect(&world, OWNER_UNKNOWN);
    begin(&world, HISTORY_TELLS);
    expect(&world, a);
    history_free(&world.history);
}

static void mostly_nameless_is_nameless(void **state)
{
    (void)state;
    struct world world = {0};
    pass(&world, a, 4);
    pass(&world, nameless, 5);
    pass(&world, a, 0);
    expect(&world, (struct owner){NAME_UNKNOWN, UNIT_A});
    history_free(&world.history);
}

static void a_crowd_is_nobody_and_evidence_grows_old(void **state)
{
    (void)state;
    struct world world = {0};
    for (uint32_t i = 0; i <= HISTORY_OWNERS; i++)
        pass(&world, (struct owner){PROCESS_A + i, UNIT_A}, 5);
    pass(&world, a, 0);
    expect(&world, OWNER_UNKNOWN);
    for (unsigned i = 0; i < HISTORY_WINDOW_SECONDS / 5 + 1; i++)
        pass(&world, a, 0);
    assert_int_equal(world.history.keys.count, 0);
    pass(&world, b, 5);
    pass(&world, b, 5);
    expect(&world, b);
    history_free(&world.history);
}

static void destinations_are_bounded_and_idle_ones_give_way(void **state)
{
    (void)state;
    struct world world = {0};
    begin(&world, HISTORY_TELLS);
    for (uint32_t i = 0; i < HISTORY_MAX + 100; i++) {
        struct destination_key many = {.port = (uint16_t)(i + 1)};
        history_note_live(&world.history, &many, a, 1, 1);
    }
    history_end(&world.history);
    assert_int_equal(world.history.keys.count, HISTORY_MAX);
    for (unsigned i = 0; i < 15; i++)
        pass(&world, a, 5);
    /* The idle ones went after a minute, and then there was a place. */
    assert_int_equal(world.history.keys.count, 1);
    expect(&world, a);
    history_free(&world.history);
}

static const struct history_entry *note(struct world *world, struct history_ports ports)
{
    begin(world, HISTORY_TELLS);
    const struct history_entry *entry = history_note_ports(&world->history, &key, &ports);
    assert_non_null(entry);
    history_end(&world->history);
    return entry;
}

static void the_peak_is_that_of_the_last_minute(void **state)
{
    (void)state;
    struct world world = {.now = 1000 * CLOCK_SECOND};
    assert_int_equal(history_peak(note(&world, (struct history_ports){.held = 900})), 900);
    for (unsigned i = 0; i < 11; i++)
        assert_int_equal(history_peak(note(&world, (struct history_ports){.held = 100})), 900);
    for (unsigned i = 0; i < 4; i++)
        (void)note(&world, (struct history_ports){.held = 100});
    assert_int_equal(history_peak(note(&world, (struct history_ports){.held = 50})), 100);
    world.now += 500 * CLOCK_SECOND; /* nothing of what was then is left */
    assert_int_equal(history_peak(note(&world, (struct history_ports){.held = 7})), 7);
    history_free(&world.history);
}

static void taken_ports_are_counted_by_what_is_left_of_them(void **state)
{
    (void)state;
    struct world world = {0};
    assert_int_equal(note(&world, (struct history_ports){.live = 30, .fresh = 30})->taken_total, 0);
    /* Ten a second leave TIME_WAITs for five seconds. */
    assert_int_equal(note(&world, (struct history_ports){.live = 30, .entered_per_second = 10})->taken_total, 50);
    /* Ten that were there are TIME_WAITs now: they are not taken again. */
    assert_int_equal(note(&world, (struct history_ports){.live = 20, .entered_per_second = 2})->taken_total, 50);
    /* The far side closed twenty of the old ones; seven new ones are there. */
    assert_int_equal(note(&world, (struct history_ports){.live = 7, .fresh = 7})->taken_total, 57);
    history_free(&world.history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_came_and_went_is_the_owner),
        cmocka_unit_test(who_stays_is_no_evidence),
        cmocka_unit_test(of_several_only_what_they_share),
        cmocka_unit_test(who_may_not_look_names_nobody_beside_the_unknown),
        cmocka_unit_test(where_events_name_all_nothing_is_estimated),
        cmocka_unit_test(mostly_nameless_is_nameless),
        cmocka_unit_test(a_crowd_is_nobody_and_evidence_grows_old),
        cmocka_unit_test(destinations_are_bounded_and_idle_ones_give_way),
        cmocka_unit_test(the_peak_is_that_of_the_last_minute),
        cmocka_unit_test(taken_ports_are_counted_by_what_is_left_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
