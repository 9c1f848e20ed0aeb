/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/sampler.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/log.h"
#include "exporter/self.h"
#include "exporter/sources_log.h"

/* Collectors get this share of the interval. */
#define DEADLINE_PERCENT 80

struct sampler {
    struct snapshot_store *store;
    void (*count)(void *context, struct self_figures *figures);
    void *count_context;
    pthread_mutex_t lock; /* held while a sample is taken */
    struct sampler_plan plan;
    struct self_figures figures;
    struct self_process *process; /* NULL: to be made */
    pthread_mutex_t wake_lock;
    pthread_cond_t wake;
    bool stop;
    bool renewed; /* the plan is another one: the time of the next sample may be too */
    bool started;
    pthread_t thread;
};

int sampler_new(struct snapshot_store *store, void (*count)(void *context, struct self_figures *figures),
                void *count_context, struct sampler **ret_sampler)
{
    struct sampler *sampler = calloc(1, sizeof(*sampler));
    if (!sampler)
        return -ENOMEM;
    sampler->store = store;
    sampler->count = count;
    sampler->count_context = count_context;
    sampler->figures.reload_successful = true;
    condition_init(&sampler->wake);
    (void)pthread_mutex_init(&sampler->lock, NULL);
    (void)pthread_mutex_init(&sampler->wake_lock, NULL);
    *ret_sampler = sampler;
    return 0;
}

static void stop_thread(struct sampler *sampler)
{
    (void)pthread_mutex_lock(&sampler->wake_lock);
    sampler->stop = true;
    (void)pthread_cond_signal(&sampler->wake);
    (void)pthread_mutex_unlock(&sampler->wake_lock);
    (void)pthread_join(sampler->thread, NULL);
}

void sampler_free(struct sampler *sampler)
{
    if (!sampler)
        return;
    if (sampler->started)
        stop_thread(sampler);
    (void)pthread_cond_destroy(&sampler->wake);
    (void)pthread_mutex_destroy(&sampler->lock);
    (void)pthread_mutex_destroy(&sampler->wake_lock);
    self_process_free(sampler->process);
    free(sampler);
}

void sampler_use(struct sampler *sampler, const struct sampler_plan *plan)
{
    (void)pthread_mutex_lock(&sampler->lock);
    sampler->plan = *plan;
    self_process_free(sampler->process);
    sampler->process = NULL;
    (void)pthread_mutex_unlock(&sampler->lock);
    (void)pthread_mutex_lock(&sampler->wake_lock);
    sampler->renewed = true;
    (void)pthread_cond_signal(&sampler->wake);
    (void)pthread_mutex_unlock(&sampler->wake_lock);
}

void sampler_note_reload(struct sampler *sampler, bool successful)
{
    (void)pthread_mutex_lock(&sampler->lock);
    sampler->figures.reload_successful = successful;
    (void)pthread_mutex_unlock(&sampler->lock);
}

static int build(struct sampler *sampler, struct builder *builder, struct snapshot **ret_snapshot)
{
    const struct sampler_plan *plan = &sampler->plan;
    int error = sampler->process ? 0 : self_process_new(plan->procfs, &sampler->process);
    if (error < 0)
        return error;
    struct self_figures figures = sampler->figures;
    int64_t interval = plan->settings.interval;
    plan->fill(plan->context, builder, builder_now(builder) + interval / 100 * DEADLINE_PERCENT);
    figures.samples++;
    figures.interval = interval;
    if (sampler->count)
        sampler->count(sampler->count_context, &figures);
    self_put(builder, sampler->process, &figures);
    return builder_finish(builder, ret_snapshot);
}

static void note_failure(struct sampler *sampler, int error)
{
    bool memory = error == -ENOMEM;
    sampler->figures.failures[memory ? FAILURE_MEMORY : FAILURE_INTERNAL]++;
    log_error("sample dropped; the one before stays served", "error", strerrordesc_np(-error));
}

static int sample_locked(struct sampler *sampler)
{
    struct snapshot *previous = snapshot_store_newest(sampler->store), *snapshot = NULL;
    struct builder *builder = NULL;
    int error = builder_new(&sampler->plan.settings, previous, &builder);
    if (error == 0)
        error = build(sampler, builder, &snapshot);
    builder_free(builder);
    if (error == 0) {
        sources_log_changes(previous, snapshot);
        snapshot_store_publish(sampler->store, snapshot);
        sampler->figures.samples++;
    } else {
        note_failure(sampler, error);
    }
    snapshot_release(previous);
    return error;
}

int sampler_sample(struct sampler *sampler)
{
    (void)pthread_mutex_lock(&sampler->lock);
    int error = sample_locked(sampler);
    (void)pthread_mutex_unlock(&sampler->lock);
    return error;
}

/* The interval in force, and one more late sample if `late`. */
static int64_t next_interval(struct sampler *sampler, bool late)
{
    (void)pthread_mutex_lock(&sampler->lock);
    int64_t interval = sampler->plan.settings.interval;
    sampler->figures.failures[FAILURE_LATE] += late;
    (void)pthread_mutex_unlock(&sampler->lock);
    return interval;
}

/* Sleeps until the monotonic time due, or until there is a new plan: then that is due now. Returns false when the
 * thread is to stop. */
static bool sleep_until(struct sampler *sampler, int64_t *due)
{
    (void)pthread_mutex_lock(&sampler->wake_lock);
    int result = 0;
    while (!sampler->stop && !sampler->renewed && result != -ETIMEDOUT)
        result = condition_wait_until(&sampler->wake, &sampler->wake_lock, *due);
    bool go_on = !sampler->stop;
    if (sampler->renewed)
        *due = clock_monotonic();
    sampler->renewed = false;
    (void)pthread_mutex_unlock(&sampler->wake_lock);
    return go_on;
}

static void *run(void *context)
{
    struct sampler *sampler = context;
    int64_t due = clock_monotonic();
    do {
        (void)sampler_sample(sampler);
        int64_t interval = next_interval(sampler, false), now = clock_monotonic();
        due += interval;
        if (due < now) {
            due = now + interval; /* not one after the other until the backlog is gone: the host is busy enough */
            (void)next_interval(sampler, true);
        }
    } while (sleep_until(sampler, &due));
    return NULL;
}

int sampler_start(struct sampler *sampler)
{
    sampler->renewed = false; /* the first sample is of this plan */
    int error = pthread_create(&sampler->thread, NULL, run, sampler);
    if (error)
        return -error;
    (void)pthread_setname_np(sampler->thread, "sampler");
    sampler->started = true;
    return 0;
}
