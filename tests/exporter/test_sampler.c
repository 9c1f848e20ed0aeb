/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "exporter/sampler.h"
#include "snapshot/tables/all.h"
#include "tests/cmocka.h"

/* What fills a sample here: one row, and whatever goes wrong. */
struct work {
    atomic_uint calls;
    bool wrong_cell; /* a defect of the agent: the builder keeps -EINVAL */
    bool source_fails;
    struct timespec takes;
    int64_t time_given; /* until the deadline */
};

static void fill(void *context, struct builder *builder, int64_t deadline)
{
    struct work *work = context;
    work->time_given = deadline - builder_now(builder);
    atomic_fetch_add(&work->calls, 1);
    builder_row(builder, &table_sources);
    builder_text(builder, SOURCES_COLLECTOR, "mail");
    builder_text(builder, SOURCES_SOURCE, "postfix:main");
    builder_number(builder, SOURCES_SUCCESS, !work->source_fails);
    if (work->wrong_cell)
        builder_real(builder, SOURCES_SUCCESS, 0.5);
    (void)nanosleep(&work->takes, NULL);
}

struct world {
    struct work work;
    struct snapshot_store *store;
    struct sampler *sampler;
};

static void use_interval(struct world *world, int64_t interval)
{
    const struct sampler_plan plan = {
        .settings = {.interval = interval, .hold = BUILDER_HOLD},
        .procfs = "/proc",
        .fill = fill,
        .context = &world->work,
    };
    sampler_use(world->sampler, &plan);
}

static void forty_two(void *context, struct self_figures *figures)
{
    (void)context;
    figures->http_requests = 42;
}

static void set_up(struct world *world)
{
    memset(world, 0, sizeof(*world));
    assert_int_equal(snapshot_store_new(&world->store), 0);
    assert_int_equal(sampler_new(world->store, forty_two, NULL, &world->sampler), 0);
    use_interval(world, 5 * CLOCK_SECOND);
}

static void tear_down(struct world *world)
{
    sampler_free(world->sampler);
    snapshot_store_free(world->store);
}

static uint64_t agent_number(struct world *world, unsigned column)
{
    struct snapshot *snapshot = snapshot_store_newest(world->store);
    uint64_t number = snapshot_number(snapshot, &table_agent, 0, column);
    snapshot_release(snapshot);
    return number;
}

static uint64_t failures(struct world *world, enum sample_failure reason)
{
    struct snapshot *snapshot = snapshot_store_newest(world->store);
    uint64_t number = snapshot_number(snapshot, &table_failures, reason, FAILURES_SAMPLES);
    snapshot_release(snapshot);
    return number;
}

static uint64_t newest(struct world *world)
{
    struct snapshot *snapshot = snapshot_store_newest(world->store);
    uint64_t sequence = snapshot ? snapshot_sequence(snapshot) : 0;
    snapshot_release(snapshot);
    return sequence;
}

static void a_sample_is_published_with_the_agents_own_figures(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    assert_int_equal(newest(&world), 0);
    assert_int_equal(sampler_sample(world.sampler), 0);
    assert_int_equal(newest(&world), 1);
    assert_int_equal(agent_number(&world, AGENT_SAMPLES), 1);
    assert_int_equal(agent_number(&world, AGENT_HTTP_REQUESTS), 42);
    assert_int_equal(agent_number(&world, AGENT_RELOAD_SUCCESSFUL), 1);
    assert_true(agent_number(&world, AGENT_RESIDENT_MEMORY) > 0);
    assert_int_equal(world.work.time_given, 4 * CLOCK_SECOND);
    tear_down(&world);
}

static void a_dropped_sample_leaves_the_one_before_and_is_counted(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    log_configure(LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT);
    assert_int_equal(sampler_sample(world.sampler), 0);
    world.work.wrong_cell = true;
    assert_int_equal(sampler_sample(world.sampler), -EINVAL);
    assert_int_equal(sampler_sample(world.sampler), -EINVAL);
    assert_int_equal(newest(&world), 1);
    world.work.wrong_cell = false;
    assert_int_equal(sampler_sample(world.sampler), 0);
    assert_int_equal(newest(&world), 2);
    assert_int_equal(agent_number(&world, AGENT_SAMPLES), 2);
    assert_int_equal(failures(&world, FAILURE_INTERNAL), 2);
    assert_int_equal(failures(&world, FAILURE_MEMORY), 0);
    tear_down(&world);
}

static void a_reload_that_failed_shows_until_the_next_good_one(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    sampler_note_reload(world.sampler, false);
    assert_int_equal(sampler_sample(world.sampler), 0);
    assert_int_equal(agent_number(&world, AGENT_RELOAD_SUCCESSFUL), 0);
    sampler_note_reload(world.sampler, true);
    assert_int_equal(sampler_sample(world.sampler), 0);
    assert_int_equal(agent_number(&world, AGENT_RELOAD_SUCCESSFUL), 1);
    tear_down(&world);
}

static void wait_for_calls(struct world *world, unsigned calls)
{
    for (unsigned i = 0; i < 2000 && atomic_load(&world->work.calls) < calls; i++)
        (void)usleep(5000);
    assert_true(atomic_load(&world->work.calls) >= calls);
}

static void the_thread_samples_at_the_interval_in_force(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    use_interval(&world, 20 * CLOCK_MILLISECOND);
    assert_int_equal(sampler_start(world.sampler), 0);
    wait_for_calls(&world, 5);
    assert_true(newest(&world) >= 4);
    use_interval(&world, 3600 * CLOCK_SECOND);
    (void)usleep(100000);
    unsigned before = atomic_load(&world.work.calls);
    use_interval(&world, 3600 * CLOCK_SECOND);
    wait_for_calls(&world, before + 1); /* a new plan is not kept waiting for an hour */
    (void)usleep(100000);
    unsigned calls = atomic_load(&world.work.calls);
    (void)usleep(100000);
    assert_int_equal(atomic_load(&world.work.calls), calls);
    int64_t start = clock_monotonic();
    tear_down(&world);
    assert_true(clock_monotonic() - start < 2 * CLOCK_SECOND); /* it does not sleep its hour first */
}

static void a_sample_longer_than_the_interval_is_counted_as_late(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    world.work.takes = (struct timespec){.tv_nsec = 30 * CLOCK_MILLISECOND};
    use_interval(&world, 10 * CLOCK_MILLISECOND);
    assert_int_equal(sampler_start(world.sampler), 0);
    wait_for_calls(&world, 4);
    assert_true(failures(&world, FAILURE_LATE) >= 1);
    tear_down(&world);
}

/* Runs one sample and returns what it wrote to standard error. */
static const char *logged(struct world *world, bool source_fails)
{
    static char buffer[4096];
    int pipes[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe(pipes), 0);
    assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
    world->work.source_fails = source_fails;
    assert_int_equal(sampler_sample(world->sampler), 0);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    close(pipes[1]);
    ssize_t length = read(pipes[0], buffer, sizeof(buffer) - 1);
    close(pipes[0]);
    buffer[length > 0 ? length : 0] = '\0';
    return buffer;
}

static void a_failure_is_logged_when_it_begins_and_when_it_ends(void **state)
{
    (void)state;
    struct world world;
    set_up(&world);
    log_configure(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
    assert_string_equal(logged(&world, false), "");
    const char *line = logged(&world, true);
    assert_non_null(strstr(line, "source failed"));
    assert_non_null(strstr(line, "source=postfix:main"));
    assert_string_equal(logged(&world, true), "");
    assert_non_null(strstr(logged(&world, false), "source works again"));
    assert_string_equal(logged(&world, false), "");
    tear_down(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_is_published_with_the_agents_own_figures),
        cmocka_unit_test(a_dropped_sample_leaves_the_one_before_and_is_counted),
        cmocka_unit_test(a_reload_that_failed_shows_until_the_next_good_one),
        cmocka_unit_test(the_thread_samples_at_the_interval_in_force),
        cmocka_unit_test(a_sample_longer_than_the_interval_is_counted_as_late),
        cmocka_unit_test(a_failure_is_logged_when_it_begins_and_when_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
