/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "snapshot/store.h"
#include "snapshot/tables/all.h"
#include "tests/snapshot/sample.h"

static void an_empty_store_gives_nothing(void **state)
{
    (void)state;
    struct snapshot_store *store;
    assert_int_equal(snapshot_store_new(&store), 0);
    assert_null(snapshot_store_newest(store));
    snapshot_store_free(store);
    snapshot_store_free(NULL);
    snapshot_release(NULL);
}

struct shared {
    struct snapshot_store *store;
    atomic_bool done;
    atomic_uint wrong;
};

/* Each snapshot holds its own sequence number in a cell: what is read must be one snapshot, whole. */
static void *read_newest(void *context)
{
    struct shared *shared = context;
    uint64_t last = 0;
    while (!shared->done) {
        struct snapshot *snapshot = snapshot_store_newest(shared->store);
        if (!snapshot)
            continue;
        uint64_t sequence = snapshot_sequence(snapshot);
        shared->wrong += snapshot_number(snapshot, &table_agent, 0, AGENT_SAMPLES) != sequence;
        shared->wrong += sequence < last;
        last = sequence;
        snapshot_release(snapshot);
    }
    return NULL;
}

static void readers_see_whole_snapshots_in_order(void **state)
{
    (void)state;
    struct shared shared = {0};
    pthread_t threads[3];
    assert_int_equal(snapshot_store_new(&shared.store), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_newest, &shared), 0);
    for (uint64_t i = 1; i <= 2000; i++) {
        struct snapshot *previous = snapshot_store_newest(shared.store);
        struct builder *builder = sample_begin(previous, 0);
        builder_row(builder, &table_agent);
        builder_number(builder, AGENT_SAMPLES, i);
        snapshot_store_publish(shared.store, sample_end(builder, previous));
    }
    shared.done = true;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(shared.wrong, 0);
    snapshot_store_free(shared.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_store_gives_nothing),
        cmocka_unit_test(readers_see_whole_snapshots_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
