/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/sight.h"

#include "collectors/tcp/linux/walk.h"

int sight_init(struct sight *sight, const struct collector_paths *paths, const struct tcp_options *options)
{
    sight->own = (struct kept_files){.root = paths->procfs, .keeps = true};
    sight->passing = (struct kept_files){.root = paths->procfs};
    event_watch_init(&sight->events, paths, options, &sight->attribution);
    int error = attribution_init(&sight->attribution, paths, options);
    if (error == 0)
        event_watch_open(&sight->events);
    return error;
}

int sight_begin(struct sight *sight, int64_t now, bool *ret_anew)
{
    int error = attribution_begin(&sight->attribution, now, ret_anew);
    if (error == 0)
        event_watch_begin(&sight->events, *ret_anew, now);
    return error;
}

static int fill(struct sight *sight, struct namespace *namespace, struct walk *walk)
{
    const struct counters_place place = sight_place(sight, namespace);
    enum event_plan plan = event_watch_plan(&sight->events, &namespace->events, namespace->inode, &place);
    walk->recounts = plan == EVENT_PLAN_RECOUNT ? &sight->events : NULL;
    int error = plan == EVENT_PLAN_COUNT ? walk_listening(walk, &sight->count) : walk_fill(walk, &sight->count);
    if (error == 0 && plan != EVENT_PLAN_WALK)
        event_watch_fill(&sight->events, &namespace->events, &sight->count);
    return error;
}

static enum history_evidence evidence(const struct sight *sight)
{
    char subject[128];
    if (sight->events.events)
        return HISTORY_MUTE; /* whoever leaves something is named as it does */
    return attribution_is_blind(&sight->attribution, subject, sizeof(subject)) ? HISTORY_BLIND : HISTORY_TELLS;
}

static int put(struct sight *sight, struct namespace *namespace, struct builder *builder)
{
    const struct count_output output = {&sight->attribution.names, namespace->name, namespace->matters,
                                        &namespace->history};
    history_begin(&namespace->history, sight->attribution.now, evidence(sight));
    int error = count_put(&sight->count, &output, builder);
    history_end(&namespace->history);
    namespace->sockets = count_sockets(&sight->count);
    return error;
}

int sight_take(struct sight *sight, struct namespace *namespace, struct sock_diag *diag, struct builder *builder,
               int64_t deadline)
{
    struct walk walk = {&sight->attribution, diag, namespace, &sight->settings, NULL, deadline};
    const struct counters_place place = sight_place(sight, namespace);
    int error = namespace_read_settings(place.files, &sight->buffer, &sight->settings);
    if (error == 0)
        error = fill(sight, namespace, &walk);
    if (error == 0)
        error = put(sight, namespace, builder);
    if (error == 0 && namespace->matters)
        error = event_watch_put(&sight->events, &namespace->events, namespace->name, builder);
    return error;
}

struct counters_place sight_place(struct sight *sight, const struct namespace *namespace)
{
    /* <procfs>/net is that of the process, not of a thread that has entered another namespace. */
    if (namespace->name[0])
        return (struct counters_place){&sight->passing, "thread-self/net", namespace->name, &sight->buffer};
    return (struct counters_place){&sight->own, "net", namespace->name, &sight->buffer};
}

void sight_free(struct sight *sight)
{
    event_watch_free(&sight->events);
    attribution_free(&sight->attribution);
    count_free(&sight->count);
    text_free(&sight->buffer);
    kept_files_close(&sight->own);
}
