/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/events/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "collectors/source.h"
#include "collectors/tcp/linux/events/connects.h"
#include "collectors/tcp/linux/events/merge.h"
#include "collectors/tcp/linux/events/time_waits.h"
#include "collectors/tcp/linux/events/wheel.h"
#include "snapshot/tables/tcp_events.h"

#define RECOUNT_PERIOD (60 * CLOCK_SECOND)
#define RETRY_PERIOD   (600 * CLOCK_SECOND)
/* More TIME_WAITs or less than sockstat says by this share, or by so many, and a walk goes to see. */
#define TOLERATED_SHARE   100u
#define TOLERATED_SOCKETS 20u
/* So many windows over the budget, one after the other, and the events are given up. */
#define MOST_OVER_BUDGET 3u
#define JUDGED_WINDOW    (10 * CLOCK_SECOND)
/* Recounts after the first one, as long as processes are still sought. */
#define SEED_ROUNDS 10u

void event_watch_init(struct event_watch *watch, const struct collector_paths *paths, const struct tcp_options *options,
                      struct attribution *attribution)
{
    char path[FILE_PATH_MAX];
    struct stat status;
    *watch = (struct event_watch){.paths = paths, .options = options, .attribution = attribution};
    if (file_path(path, sizeof(path), paths->procfs, "self/ns/net") == 0 && stat(path, &status) == 0)
        watch->own = (uint32_t)status.st_ino;
}

static void close_events(struct event_watch *watch)
{
    watch->lost_before += watch->cost.lost;
    watch->cost = (struct events_cost){0};
    event_owners_free(&watch->owners);
    tidy_free(&watch->tidy);
    events_close(watch->events);
    watch->events = NULL;
}

static void give_up(struct event_watch *watch, int error, int64_t until)
{
    close_events(watch);
    watch->error = error;
    watch->retry_at = until;
}

static void open_events(struct event_watch *watch)
{
    const struct events_settings settings = {
        .sysfs = watch->paths->sysfs,
        .cgroup_root = watch->attribution->cgroups.root,
        .netns = watch->options->netns == TCP_NETNS_ALL ? 0 : watch->own,
        .wants_command = watch->options->process_names.count > 0,
    };
    char missing[96] = "memory";
    int error = events_open(&settings, &watch->events, missing, sizeof(missing));
    if (error == 0)
        error = event_owners_init(&watch->owners, watch->events, watch->attribution);
    if (error == 0)
        error = tidy_init(&watch->tidy);
    if (error < 0) {
        (void)snprintf(watch->why, sizeof(watch->why), "events need %s", missing);
        give_up(watch, error, watch->now + RETRY_PERIOD);
        return;
    }
    watch->why[0] = '\0';
    watch->generation++;
    watch->over_budget = 0;
    watch->judged_ns = 0;
    watch->judged_at = watch->now;
}

/* What they cost is known by a part of them only: a window of seconds makes it a good estimate. */
static void judge_cost(struct event_watch *watch)
{
    int64_t elapsed = watch->now - watch->judged_at;
    if (events_cost(watch->events, &watch->cost) < 0 || elapsed < JUDGED_WINDOW)
        return;
    double share = (double)(watch->cost.cpu_ns - watch->judged_ns) / (double)elapsed;
    watch->judged_ns = watch->cost.cpu_ns;
    watch->judged_at = watch->now;
    watch->over_budget = share > watch->options->event_cpu_budget ? watch->over_budget + 1 : 0;
    if (watch->over_budget < MOST_OVER_BUDGET)
        return;
    (void)snprintf(watch->why, sizeof(watch->why), "event_cpu_budget: events took %.1f %% of a core, %.1f %% allowed",
                   share * 100, watch->options->event_cpu_budget * 100);
    give_up(watch, -EDQUOT, watch->now + RETRY_PERIOD);
}

static void tidy_up(struct event_watch *watch)
{
    uint32_t minute = (uint32_t)(watch->now / (60 * CLOCK_SECOND));
    const struct events_memory *memory = events_memory(watch->events);
    *memory->age = minute;
    if (minute != watch->minute)
        recount_sweep(memory);
    watch->minute = minute;
    time_waits_take(memory, wheel_now(&watch->clock));
    events_sweep_binds(watch->events);
    tidy_groups(&watch->tidy, watch->events, &watch->owners, &watch->clock, watch->now);
}

void event_watch_open(struct event_watch *watch)
{
    watch->now = clock_monotonic();
    if (watch->options->events != TCP_EVENTS_OFF && !watch->events)
        open_events(watch);
}

void event_watch_begin(struct event_watch *watch, bool names_anew, int64_t now)
{
    watch->now = now;
    if (watch->options->events == TCP_EVENTS_OFF)
        return;
    if (!watch->events && now >= watch->retry_at)
        open_events(watch);
    if (watch->events)
        judge_cost(watch);
    if (!watch->events)
        return;
    int error = events_clock(watch->events, &watch->clock);
    if (error < 0) {
        (void)snprintf(watch->why, sizeof(watch->why), "the kernel's clock");
        give_up(watch, error, now + RETRY_PERIOD);
        return;
    }
    if (names_anew)
        event_owners_clear(&watch->owners);
    tidy_up(watch);
}

static struct merge merge_of(struct event_watch *watch, uint32_t netns)
{
    return (struct merge){watch->events, &watch->owners, watch->clock, netns};
}

/* Whether the events' TIME_WAITs are as many as the kernel has. */
static bool agrees(struct event_watch *watch, const struct event_space *space, const struct counters_place *place)
{
    uint64_t counted, fewest, most;
    if (counters_time_waits(place, &counted) < 0)
        return true; /* nothing to hold it against but the walk of each minute */
    struct merge merge = merge_of(watch, space->netns);
    merge_time_waits(&merge, &fewest, &most);
    uint64_t off = counted < fewest ? fewest - counted : counted > most ? counted - most : 0;
    return off <= TOLERATED_SOCKETS || off <= counted / TOLERATED_SHARE;
}

enum event_plan event_watch_plan(struct event_watch *watch, struct event_space *space, uint64_t inode,
                                 const struct counters_place *place)
{
    if (!watch->events)
        return EVENT_PLAN_WALK;
    if (space->generation != watch->generation) {
        /* The first walk finds the owners of what stands, the next one tells the events. */
        *space = (struct event_space){.generation = watch->generation, .again = SEED_ROUNDS};
        space->netns = inode ? (uint32_t)inode : watch->own;
        return EVENT_PLAN_WALK;
    }
    space->strict = space->seeded && !agrees(watch, space, place);
    bool sought = space->wanted > 0 && space->again > 0;
    if (!space->seeded || space->strict || sought || watch->now - space->recounted >= RECOUNT_PERIOD)
        return EVENT_PLAN_RECOUNT;
    return EVENT_PLAN_COUNT;
}

int event_watch_recount(struct event_watch *watch, struct event_space *space, struct recount *recount)
{
    space->wanted = 0;
    space->again -= space->again > 0;
    int error = recount_begin(recount, watch->events, space->netns);
    recount->strict = space->strict || !space->seeded;
    return error;
}

static bool owner_is_missing(const struct recount *recount, uint32_t group)
{
    const struct event_key *key = &events_memory(recount->events)->groups[group].key;
    return (key->flags & EVENT_SEEDED) && key->name[0] == '\0';
}

void event_watch_visit(struct event_watch *watch, struct recount *recount, struct count *count,
                       const struct tcp_socket *socket)
{
    struct flow flow;
    count_flow(count, socket, &flow);
    uint32_t group = recount_find(recount, socket);
    if (group == 0 || (socket->inode != 0 && owner_is_missing(recount, group))) {
        struct attributed found = attribution_find(watch->attribution, count, socket, &flow);
        const struct recount_owner owner = {
            found.owner.process == NAME_UNKNOWN ? NULL : names_text(&watch->attribution->names, found.owner.process),
            found.method};
        uint32_t seeded = group != 0 && !owner.process ? group : recount_seed(recount, socket, &flow.key, &owner);
        recount->wanted += found.wanted;
        group = seeded ? seeded : group;
    }
    if (group != 0)
        recount_add(recount, group, socket);
}

static uint32_t bound_sockets(struct event_watch *watch, uint32_t netns, const struct tcp_address *source)
{
    struct merge merge = merge_of(watch, netns);
    return merge_bound(&merge, source);
}

/* The sockets of a source whose port bind() chose, as the walk met them. */
static uint32_t bound_walked(struct event_watch *watch, const struct recount *recount, const struct tcp_address *source)
{
    struct merge merge = merge_of(watch, recount->netns);
    struct tcp_address its;
    uint32_t sum = 0;
    for (uint32_t group = 0; merge_next_bound(&merge, &group, &its);)
        if (memcmp(&its, source, sizeof(its)) == 0)
            sum += recount_walked(recount, group);
    return sum;
}

int event_watch_recounted(struct event_watch *watch, struct event_space *space, struct recount *recount,
                          const struct count *count)
{
    int error = recount_end(recount);
    if (error < 0)
        return error;
    space->seeded = true;
    space->wanted = recount->wanted;
    if (recount->wanted == 0)
        space->again = 0; /* who is sought from now on is one whose connection ended while the walk came by */
    space->recounted = watch->now;
    space->pool_count = count->pools.count;
    for (unsigned i = 0; i < count->pools.count; i++) {
        const struct pool *pool = count->pools.items[i];
        space->pools[i] = (struct event_pool){pool->source, pool->used, bound_walked(watch, recount, &pool->source)};
    }
    return 0;
}

static void learn_pool(struct event_space *space, const struct tcp_address *source)
{
    for (unsigned i = 0; i < space->pool_count; i++)
        if (memcmp(&space->pools[i].source, source, sizeof(*source)) == 0)
            return;
    if (space->pool_count < POOLS_MAX)
        space->pools[space->pool_count++] = (struct event_pool){.source = *source};
}

/* A source whose first socket came after the last walk. */
static void learn_pools(struct event_watch *watch, struct event_space *space)
{
    struct merge merge = merge_of(watch, space->netns);
    struct tcp_address source;
    for (uint32_t group = 0; merge_next_bound(&merge, &group, &source);)
        learn_pool(space, &source);
}

static void fill_pools(struct event_watch *watch, struct event_space *space, struct count *count)
{
    learn_pools(watch, space);
    for (unsigned i = 0; i < space->pool_count; i++) {
        const struct event_pool *pool = &space->pools[i];
        int64_t used = (int64_t)pool->used + bound_sockets(watch, space->netns, &pool->source) - pool->bound;
        pools_set(&count->pools, &pool->source, used > 0 ? (uint32_t)used : 0);
    }
}

void event_watch_fill(struct event_watch *watch, struct event_space *space, struct count *count)
{
    struct merge merge = merge_of(watch, space->netns);
    merge_groups(&merge, count);
    if (space->recounted != watch->now)
        fill_pools(watch, space, count);
    connects_judge_binds(&merge, &watch->tidy, count);
}

int event_watch_put(struct event_watch *watch, struct event_space *space, const char *netns, struct builder *builder)
{
    struct merge merge = merge_of(watch, space->netns);
    return watch->events && space->seeded ? connects_put(&merge, &watch->tidy, netns, builder) : 0;
}

void event_watch_report(const struct event_watch *watch, struct builder *builder)
{
    builder_row(builder, &table_tcp_events);
    builder_number(builder, TCP_EVENTS_ACTIVE, watch->events != NULL);
    builder_number(builder, TCP_EVENTS_LOST, watch->lost_before + watch->cost.lost);
    if (!watch->events && watch->why[0])
        builder_text(builder, TCP_EVENTS_MISSING, watch->why);
    if (watch->options->events == TCP_EVENTS_OFF || (watch->options->events == TCP_EVENTS_AUTO && !watch->events))
        return; /* what auto did not get is no failure */
    struct builder_mark mark = builder_mark(builder);
    source_report(builder, &(struct source){"tcp", "events", watch->why}, mark, watch->events ? 0 : watch->error);
}

void event_watch_free(struct event_watch *watch)
{
    close_events(watch);
}
