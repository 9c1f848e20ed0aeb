/* SPDX-License-Identifier: Apache-2.0
 * Every allocation of a question fails once: an error comes back, nothing leaks, and the next question is answered. */
#include <errno.h>
#include <stdlib.h>

#include "exporter/snmp/keeper.h"
#include "exporter/snmp/mib.h"
#include "exporter/snmp/notices.h"
#include "tests/exporter/snmp/rows.h"
#include "tests/failing_memory.h"
#include "tests/snapshot/sample.h"

static int ask(const struct mib *mib, struct keeper *keeper, const struct object_id *from, struct object_id *ret_id)
{
    struct view *view;
    struct value value;
    int error = keeper_view(keeper, true, &view);
    return error < 0 ? error : mib_next(mib, view, from, false, ret_id, &value);
}

/* Starts anew, with allocation number at failing. Tells whether one failed. */
static bool try(struct snapshot_store *store, unsigned long at)
{
    struct object_id table, found;
    struct mib *mib = NULL;
    struct keeper *keeper = NULL;
    assert_int_equal(object_id_parse("1.3.6.1.4.1.8072.9999.9999.421.2.2", &table), 0);
    struct object_id root = table;
    root.length -= 2;
    failing_memory_arm(at);
    int error = mib_new(&root, &mib);
    if (error == 0)
        error = keeper_new(store, &keeper);
    if (error == 0)
        error = ask(mib, keeper, &table, &found);
    bool failed = failing_memory_disarm();
    assert_int_equal(error, failed ? -ENOMEM : 0);
    if (mib && keeper)
        assert_int_equal(ask(mib, keeper, &table, &found), 0);
    mib_free(mib);
    keeper_free(keeper);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    struct builder *builder = sample_begin(NULL, 0);
    struct snapshot_store *store;
    unsigned long at = 1;
    (void)state;
    rows_fill(builder, 150, 1);
    assert_int_equal(snapshot_store_new(&store), 0);
    snapshot_store_publish(store, sample_end(builder, NULL));
    while (try(store, at))
        at++;
    assert_true(at > 4);
    snapshot_store_free(store);
}

/* The same of notifications: what could not be followed is, with the next sample. */
static bool try_notices(const struct snapshot *snapshot, unsigned long at)
{
    struct notices *notices = NULL;
    failing_memory_arm(at);
    int error = notices_new(FINDING_SEVERITY_INFO, &notices);
    if (error == 0)
        error = notices_follow(notices, snapshot);
    bool failed = failing_memory_disarm();
    assert_int_equal(error, failed ? -ENOMEM : 0);
    if (notices) {
        assert_int_equal(notices_follow(notices, snapshot), 0);
        assert_int_equal(notices_waiting(notices), 101);
    }
    notices_free(notices);
    return failed;
}

static void every_allocation_of_notices_may_fail(void **state)
{
    struct builder *builder = sample_begin(NULL, 0);
    unsigned long at = 1;
    (void)state;
    for (unsigned i = 0; i < 150; i++) {
        char subject[16];
        snprintf(subject, sizeof(subject), "subject-%u", i);
        builder_row(builder, &table_findings);
        builder_text(builder, FINDINGS_FINDING, "mail_queue_old");
        builder_text(builder, FINDINGS_SUBJECT, subject);
        builder_number(builder, FINDINGS_SEVERITY, FINDING_SEVERITY_WARNING);
    }
    struct snapshot *snapshot = sample_end(builder, NULL);
    while (try_notices(snapshot, at))
        at++;
    assert_true(at > 2);
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_of_notices_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
