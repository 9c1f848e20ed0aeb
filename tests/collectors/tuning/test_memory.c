/* SPDX-License-Identifier: Apache-2.0
 * Each allocation of the collector's life may fail: an error that says so, nothing lost, and the next sample is whole.
 */
#include <errno.h>

#include "tests/collectors/tuning/world.h"
#include "tests/failing_memory.h"

static int collect(struct world *world, struct snapshot **ret_snapshot)
{
    const struct builder_settings settings = {.interval = 5 * SAMPLE_SECOND};
    struct builder *builder = NULL;
    int error = builder_new(&settings, NULL, &builder);
    if (error == 0)
        error = tuning_collector.collect(world->state, builder, INT64_MAX);
    if (error == 0)
        error = builder_finish(builder, ret_snapshot);
    builder_free(builder);
    return error;
}

static size_t check_whole(struct world *world)
{
    struct snapshot *snapshot = NULL;
    assert_int_equal(collect(world, &snapshot), 0);
    world_source(snapshot, "sysctl", true, "");
    world_source(snapshot, "sysctl.d", true, "");
    assert_string_equal(world_text(snapshot, "net.core.somaxconn", "", TUNING_ORIGIN), "/etc/sysctl.d/b.conf:1");
    size_t rows = snapshot_row_count(snapshot, &table_tuning);
    snapshot_release(snapshot);
    return rows;
}

static void each_allocation_may_fail(void **state)
{
    struct world *world = *state;
    struct option_pair pairs[] = {
        {"net.ipv4.tcp_tw_reuse", "1"}, {"kernel.name", "a b"}, {"net.ipv4.ip_local_reserved_ports", "1-9"}};
    bool failed = true;
    world->options.advice = (struct option_pairs){pairs, 3};
    world->options.hive = "/SYSTEM";
    tree_file(world->root, "proc/sys/kernel/name", "%s", "a b\n");
    tree_file(world->root, "etc/sysctl.d/a.conf", "%s", "net.core.somaxconn = 1\nnet.*.x = 2\n");
    tree_file(world->root, "etc/sysctl.d/b.conf", "%s", "net.core.somaxconn = 128\n");
    tree_file(world->root, "usr/lib/sysctl.d/c.conf", "%s", "-net.ipv4.tcp_rmem\n");
    for (unsigned long at = 1; failed; at++) {
        struct snapshot *snapshot = NULL;
        failing_memory_arm(at);
        int error = tuning_collector.open(&world->paths, &world->options, &world->state);
        bool opened = error == 0;
        if (opened)
            error = collect(world, &snapshot);
        failed = failing_memory_disarm();
        snapshot_release(snapshot);
        assert_int_equal(error, failed ? -ENOMEM : 0);
        if (!opened)
            assert_null(world->state);
        else
            assert_int_equal(check_whole(world), 12);
        tuning_collector.close(world->state);
        world->state = NULL;
        if (!failed)
            assert_in_range(at, 20, 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_allocation_may_fail, world_begin, world_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
