/* SPDX-License-Identifier: Apache-2.0
 * Every allocation of two samples of all collectors of a Windows host fails once. */
#include <errno.h>

#include "base/clock.h"
#include "tests/failing_memory.h"
#include "tests/fakes/counters.h"
#include "tests/host/windows_world.h"

extern const struct collector tcp_collector, tuning_collector, mail_collector;

const struct collector *const collectors[] = {&tcp_collector, &tuning_collector, &mail_collector, NULL};
const enum host_platform collectors_platform = HOST_WINDOWS;

#define COLLECTORS 3u

static uint64_t time_waits(const struct snapshot *snapshot)
{
    return snapshot_number(snapshot, &table_tcp_states, TCP_STATE_TIME_WAIT, TCP_STATES_SOCKETS);
}

static int sample(void *const *states)
{
    const struct builder_settings settings = {.interval = 5 * CLOCK_SECOND, .hold = BUILDER_HOLD};
    struct builder *builder = NULL;
    struct snapshot *snapshot = NULL;
    fake_clock_advance(5 * CLOCK_SECOND);
    int error = builder_new(&settings, NULL, &builder);
    for (size_t i = 0; i < COLLECTORS && error == 0; i++)
        error = collectors[i]->collect(states[i], builder, INT64_MAX);
    if (error == 0)
        error = builder_finish(builder, &snapshot);
    if (error == 0)
        assert_int_equal(time_waits(snapshot), 50);
    snapshot_release(snapshot);
    builder_free(builder);
    return error;
}

/* Opens, samples twice and closes, with the allocation of this number failing. Whether it came to that. */
static bool run(void *const *options, long failing)
{
    static const struct collector_paths paths = {"/nonexistent", "/nonexistent", "/"};
    void *states[COLLECTORS] = {NULL};
    int error = 0;
    failing_memory_arm((unsigned long)failing + 1);
    for (size_t i = 0; i < COLLECTORS && error == 0; i++)
        error = collectors[i]->open(&paths, options[i], &states[i]);
    for (unsigned i = 0; i < 2 && error == 0; i++)
        error = sample(states);
    bool reached = failing_memory_disarm();
    if (error != 0 && !(reached && error == -ENOMEM))
        fail_msg("allocation %ld: error %d", failing, error);
    for (size_t i = 0; i < COLLECTORS; i++)
        collectors[i]->close(states[i]);
    return reached;
}

static void each_allocation_may_fail(void **state)
{
    static const struct fake_process processes[] = {{700, "svchost.exe", {"Dhcp", "lmhosts"}}};
    static const struct fake_tcp_row rows[] = {
        {TCP_STATE_LISTEN, "0.0.0.0", "0.0.0.0", 135, 0, 700, 1},
        {TCP_STATE_ESTABLISHED, "192.0.2.10", "198.51.100.7", 60000, 443, 700, 3},
        {TCP_STATE_TIME_WAIT, "192.0.2.10", "198.51.100.7", 50100, 443, 0, 50},
    };
    struct arena arena = ARENA_EMPTY;
    void *options[COLLECTORS];
    long failing = 0;
    (void)state;
    windows_world_version("6.3", "9600");
    windows_world_netsh(49152, 16384, "disabled");
    fake_counters_set("\\MSExchangeTransport Queues(_total)\\Submission Queue Length", 5);
    fake_process_list_set(processes, 1);
    fake_tcp_table_set(rows, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < COLLECTORS; i++) {
        options[i] = arena_allocate(&arena, collectors[i]->options_size + 1);
        assert_int_equal(option_defaults(collectors[i]->options, options[i], &arena), 0);
    }
    while (run(options, failing))
        failing++;
    assert_in_range(failing, 50, 2000);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
