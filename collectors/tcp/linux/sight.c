/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/sight.h"

#include "collectors/tcp/linux/walk.h"

int sight_init(struct sight *sight, const struct collector_paths *paths, const struct tcp_options *options)
{
    sight->procfs = paths->procfs;
    return attribution_init(&sight->attribution, paths, options);
}

int sight_begin(struct sight *sight, int64_t now, bool *ret_anew)
{
    return attribution_begin(&sight->attribution, now, ret_anew);
}

static int put(struct sight *sight, struct namespace *namespace, struct builder *builder)
{
    char subject[128];
    bool blind = attribution_is_blind(&sight->attribution, subject, sizeof(subject));
    const struct count_output output = {&sight->attribution.names, namespace->name, namespace->matters,
                                        &namespace->history};
    history_begin(&namespace->history, sight->attribution.now, blind);
    int error = count_put(&sight->count, &output, builder);
    history_end(&namespace->history);
    namespace->sockets = count_sockets(&sight->count);
    return error;
}

int sight_take(struct sight *sight, struct namespace *namespace, struct sock_diag *diag, struct builder *builder,
               int64_t deadline)
{
    const struct walk walk = {&sight->attribution, diag, namespace, &sight->settings, deadline};
    int error = namespace_read_settings(sight->procfs, &sight->buffer, &sight->settings);
    if (error == 0)
        error = walk_fill(&walk, &sight->count);
    return error < 0 ? error : put(sight, namespace, builder);
}

struct counters_place sight_place(struct sight *sight, const struct namespace *namespace)
{
    /* <procfs>/net is that of the process, not of a thread that has entered another namespace. */
    const char *net = namespace->name[0] ? "thread-self/net" : "net";
    return (struct counters_place){sight->procfs, net, namespace->name, &sight->buffer};
}

void sight_free(struct sight *sight)
{
    attribution_free(&sight->attribution);
    count_free(&sight->count);
    text_free(&sight->buffer);
}
