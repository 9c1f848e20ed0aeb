/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/walk.h"

#include <errno.h>

#include "base/clock.h"

/* A walk that the kernel keeps interrupting is taken so often. */
#define TRIES 3

struct visit {
    struct attribution *attribution;
    struct count *count;
    struct event_watch *recounts;
    struct recount recount;
    int error;
};

static void visit_listener(void *context, const struct tcp_socket *socket)
{
    struct visit *visit = context;
    if (visit->error == 0)
        visit->error = attribution_note_listener(visit->attribution, socket);
}

static int walk_listeners(const struct walk *walk)
{
    struct visit visit = {.attribution = walk->attribution};
    attribution_begin_walk(walk->attribution);
    int error = sock_diag_walk(walk->diag, SOCK_DIAG_LISTENING, visit_listener, &visit);
    if (error == 0)
        error = visit.error;
    if (error < 0)
        return error;
    return attribution_add_listeners(walk->attribution, &walk->namespace->listeners, walk->deadline);
}

static void visit_socket(void *context, const struct tcp_socket *socket)
{
    struct visit *visit = context;
    attribution_owner(visit->attribution, visit->count, socket);
}

static void visit_again(void *context, const struct tcp_socket *socket)
{
    struct visit *visit = context;
    event_watch_visit(visit->recounts, &visit->recount, visit->count, socket);
}

static void begin_count(const struct walk *walk, struct count *count)
{
    const struct count_rules rules = {.listeners = &walk->namespace->listeners,
                                      .range = &walk->settings->range,
                                      .reuse = walk->settings->reuse,
                                      .time_wait_ms = life_ms(&walk->namespace->life)};
    count_begin(count, &rules);
    attribution_count_listeners(walk->attribution, count);
}

int walk_listening(const struct walk *walk, struct count *count)
{
    int error = -EINTR;
    for (int tries = 0; tries < TRIES && error == -EINTR; tries++)
        error = walk_listeners(walk);
    if (error == 0)
        begin_count(walk, count);
    return error;
}

static int walk_others(const struct walk *walk, struct count *count)
{
    struct visit visit = {.attribution = walk->attribution, .count = count};
    begin_count(walk, count);
    int error = sock_diag_walk(walk->diag, SOCK_DIAG_OTHERS, visit_socket, &visit);
    return error < 0 ? error : attribution_finish(walk->attribution, count, walk->deadline);
}

static int recount_others(const struct walk *walk, struct count *count)
{
    struct visit visit = {.attribution = walk->attribution, .count = count, .recounts = walk->recounts};
    struct event_space *space = &walk->namespace->events;
    begin_count(walk, count);
    int error = event_watch_recount(walk->recounts, space, &visit.recount);
    if (error == 0)
        error = sock_diag_walk(walk->diag, SOCK_DIAG_OTHERS, visit_again, &visit);
    if (error == 0)
        error = attribution_finish(walk->attribution, count, walk->deadline);
    if (error == 0)
        error = event_watch_recounted(walk->recounts, space, &visit.recount, count);
    recount_free(&visit.recount);
    return error;
}

/* What is measured and remembered of a whole walk. */
static void note(const struct walk *walk, const struct count *count)
{
    struct namespace *namespace = walk->namespace;
    int64_t now = walk->attribution->now;
    int64_t elapsed = namespace->walked ? (now - namespace->walked) / CLOCK_MILLISECOND : LIFE_USUAL_MS;
    life_note(&namespace->life, count->longest_ms, elapsed < LIFE_USUAL_MS ? (uint32_t)elapsed : LIFE_USUAL_MS);
    namespace->walked = now;
}

int walk_fill(const struct walk *walk, struct count *count)
{
    int error = -EINTR;
    for (int tries = 0; tries < TRIES && error == -EINTR; tries++) {
        error = walk_listeners(walk);
        if (error == 0)
            error = walk->recounts ? recount_others(walk, count) : walk_others(walk, count);
        walk->namespace->dumps_interrupted += error == -EINTR;
    }
    if (error == 0)
        note(walk, count);
    return error;
}
