/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/keeper.h"

#include "tests/exporter/snmp/rows.h"
#include "tests/snapshot/sample.h"

static struct snapshot_store *store;
static struct keeper *keeper;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(snapshot_store_new(&store), 0);
    assert_int_equal(keeper_new(store, &keeper), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keeper_free(keeper);
    snapshot_store_free(store);
    return 0;
}

static void publish(void)
{
    struct snapshot *previous = snapshot_store_newest(store);
    struct builder *builder = sample_begin(previous, 0);
    rows_fill(builder, 3, 1);
    snapshot_store_publish(store, sample_end(builder, previous));
}

/* The sequence of the sample that is answered from; 0 for none. */
static uint64_t ask(bool table)
{
    struct view *view;
    assert_int_equal(keeper_view(keeper, table, &view), 0);
    return view_snapshot(view) ? snapshot_sequence(view_snapshot(view)) : 0;
}

static void it_shows_the_newest(void **state)
{
    (void)state;
    assert_int_equal(ask(false), 0);
    publish();
    assert_int_equal(ask(false), 1);
    publish();
    publish();
    assert_int_equal(ask(false), 3);
}

static void it_stays_while_tables_are_asked_for(void **state)
{
    (void)state;
    publish();
    assert_int_equal(ask(true), 1);
    /* The clock moves 5 seconds with each sample: come back to within the pause. */
    publish();
    fake_clock_advance(-5 * SAMPLE_SECOND);
    for (int i = 0; i < 10; i++) {
        fake_clock_advance(KEEPER_PAUSE / 2);
        assert_int_equal(ask(true), 1);
        assert_int_equal(ask(false), 1);
    }
    fake_clock_advance(KEEPER_PAUSE);
    assert_int_equal(ask(true), 2);
}

static void it_stays_no_longer_than_it_may(void **state)
{
    int64_t held = 0;
    (void)state;
    publish();
    assert_int_equal(ask(true), 1);
    publish();
    fake_clock_advance(-5 * SAMPLE_SECOND);
    while (ask(true) == 1) {
        fake_clock_advance(KEEPER_PAUSE / 2);
        held += KEEPER_PAUSE / 2;
        assert_true(held <= KEEPER_MOST);
    }
    assert_int_equal(held, KEEPER_MOST);
}

static void a_table_asked_for_before_the_first_sample_holds_nothing(void **state)
{
    (void)state;
    assert_int_equal(ask(true), 0);
    publish();
    fake_clock_advance(-5 * SAMPLE_SECOND);
    assert_int_equal(ask(true), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_shows_the_newest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_stays_while_tables_are_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_stays_no_longer_than_it_may, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_table_asked_for_before_the_first_sample_holds_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
