/* SPDX-License-Identifier: Apache-2.0
 * The tcp collector on Linux: our own network namespace, and the others if they are wanted, one after the other. */
#include <errno.h>
#include <stdlib.h>

#include "collectors/collector.h"
#include "collectors/source.h"
#include "collectors/tcp/linux/counters.h"
#include "collectors/tcp/linux/others.h"
#include "collectors/tcp/linux/probe.h"
#include "collectors/tcp/linux/sight.h"
#include "collectors/tcp/options.h"

struct tcp_linux {
    struct sight sight;
    struct namespace *own;
    struct sock_diag *diag; /* in our own namespace, kept open */
    struct probe probe;
    bool others_wanted;
    struct namespaces others;
};

static void tcp_close(void *state)
{
    struct tcp_linux *tcp = state;
    if (!tcp)
        return;
    sock_diag_close(tcp->diag);
    probe_close(&tcp->probe);
    namespace_free(tcp->own);
    namespaces_free(&tcp->others);
    sight_free(&tcp->sight);
    free(tcp);
}

static int tcp_open(const struct collector_paths *paths, const void *options, void **ret_state)
{
    const struct tcp_options *wanted = options;
    struct tcp_linux *tcp = calloc(1, sizeof(*tcp));
    if (!tcp)
        return -ENOMEM;
    probe_init(&tcp->probe, &wanted->connect_probe);
    tcp->others_wanted = wanted->netns == TCP_NETNS_ALL;
    tcp->others.paths = paths;
    tcp->own = namespace_new(0, "", "");
    int error = tcp->own ? sight_init(&tcp->sight, paths, wanted) : -ENOMEM;
    if (error == 0)
        error = sock_diag_open(&tcp->diag);
    if (error < 0) {
        tcp_close(tcp);
        return error;
    }
    *ret_state = tcp;
    return 0;
}

static int begin(struct tcp_linux *tcp, int64_t now)
{
    bool anew;
    int error = sight_begin(&tcp->sight, now, &anew);
    if (error < 0 || !anew)
        return error;
    namespace_forget_owners(tcp->own);
    for (size_t i = 0; i < tcp->others.count; i++)
        namespace_forget_owners(tcp->others.items[i]);
    return 0;
}

static void report_owners(const struct tcp_linux *tcp, struct builder *builder)
{
    char subject[128];
    bool blind = attribution_is_blind(&tcp->sight.attribution, subject, sizeof(subject));
    source_report(builder, &(struct source){"tcp", "owners", subject}, builder_mark(builder), blind ? -EACCES : 0);
}

static int collect_own(struct tcp_linux *tcp, struct builder *builder, int64_t deadline)
{
    const char *subject = NULL;
    tcp->own->matters = true;
    int error = sight_take(&tcp->sight, tcp->own, tcp->diag, builder, deadline);
    if (error < 0)
        return error;
    const struct counters_place place = sight_place(&tcp->sight, tcp->own);
    struct builder_mark mark = builder_mark(builder);
    error = counters_put(builder, &place, tcp->own->dumps_interrupted, &subject);
    source_report(builder, &(struct source){"tcp", "counters", subject}, mark, error);
    mark = builder_mark(builder);
    error = conntrack_put(builder, &place);
    if (error != -ENODATA)
        source_report(builder, &(struct source){"tcp", "conntrack", NULL}, mark, error);
    report_owners(tcp, builder);
    return 0;
}

static int tcp_collect(void *state, struct builder *builder, int64_t deadline)
{
    struct tcp_linux *tcp = state;
    int error = begin(tcp, builder_now(builder));
    if (error == 0)
        error = collect_own(tcp, builder, deadline);
    if (error == 0)
        event_watch_report(&tcp->sight.events, builder);
    if (error == 0)
        probe_step(&tcp->probe, builder_now(builder), builder);
    if (error == 0 && tcp->others_wanted)
        others_collect(&tcp->others, &tcp->sight, builder, deadline);
    return error;
}

const struct collector tcp_collector = {
    .name = "tcp",
    .help = "TCP sockets by owner, port and destination; accept queues; ephemeral ports",
    .enabled = true,
    .options = tcp_options,
    .options_size = sizeof(struct tcp_options),
    .open = tcp_open,
    .collect = tcp_collect,
    .close = tcp_close,
};
