/* SPDX-License-Identifier: Apache-2.0
 * The tcp collector on Linux, walk mode: the listening sockets first, since they tell who was called; then all others,
 * counted as they stream by. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "collectors/collector.h"
#include "collectors/source.h"
#include "collectors/tcp/count.h"
#include "collectors/tcp/linux/attribution.h"
#include "collectors/tcp/linux/counters.h"
#include "collectors/tcp/linux/sock_diag.h"
#include "collectors/tcp/options.h"

/* A walk that the kernel keeps interrupting is taken so often. */
#define WALK_TRIES 3

/* Our own namespace has no name: its series are the same whether or not others are watched. */
#define OWN_NETNS ""

struct tcp_state_linux {
    const char *procfs;
    struct sock_diag *diag;
    struct attribution attribution;
    struct listeners listeners;
    struct port_range range;
    struct count count;
    struct text buffer;
    uint64_t dumps_interrupted;
};

struct visit {
    struct tcp_state_linux *tcp;
    int64_t now;
    int error;
};

static void tcp_close(void *state)
{
    struct tcp_state_linux *tcp = state;
    if (!tcp)
        return;
    sock_diag_close(tcp->diag);
    attribution_free(&tcp->attribution);
    listeners_free(&tcp->listeners);
    count_free(&tcp->count);
    text_free(&tcp->buffer);
    free(tcp);
}

static int tcp_open(const struct collector_paths *paths, const void *options, void **ret_state)
{
    struct tcp_state_linux *tcp = calloc(1, sizeof(*tcp));
    if (!tcp)
        return -ENOMEM;
    tcp->procfs = paths->procfs;
    int error = attribution_init(&tcp->attribution, paths, options);
    if (error == 0)
        error = sock_diag_open(&tcp->diag);
    if (error < 0) {
        tcp_close(tcp);
        return error;
    }
    *ret_state = tcp;
    return 0;
}

/* Reads a sysctl below net/ipv4 into the buffer; NULL if it cannot be read. */
static const char *read_sysctl(struct tcp_state_linux *tcp, const char *name, int *ret_error)
{
    char path[FILE_PATH_MAX];
    text_clear(&tcp->buffer);
    int error = file_path_format(path, sizeof(path), tcp->procfs, "sys/net/ipv4/%s", name);
    if (error == 0)
        error = file_read(path, 65536, &tcp->buffer);
    *ret_error = error;
    return error < 0 || !tcp->buffer.data ? NULL : parse_trim(tcp->buffer.data);
}

static int read_range(struct tcp_state_linux *tcp)
{
    char bounds[64];
    int error;
    const char *text = read_sysctl(tcp, "ip_local_port_range", &error);
    if (!text)
        return error < 0 ? error : -EINVAL;
    size_t size = strlen(text) + 1;
    if (size > sizeof(bounds))
        return -EINVAL;
    memcpy(bounds, text, size);
    const char *reserved = read_sysctl(tcp, "ip_local_reserved_ports", &error);
    if (error < 0 && error != -ENOENT)
        return error;
    return port_range_parse(&tcp->range, bounds, reserved ? reserved : "");
}

static bool sysctl_is(struct tcp_state_linux *tcp, const char *name, const char *value)
{
    int error;
    const char *text = read_sysctl(tcp, name, &error);
    return text && strcmp(text, value) == 0;
}

/* net/ipv4/tcp_ipv4.c, tcp_twsk_unique(): reuse needs timestamps on both ends; 2, the default, is for loopback only. */
static enum count_reuse read_reuse(struct tcp_state_linux *tcp)
{
    if (sysctl_is(tcp, "tcp_timestamps", "0"))
        return COUNT_REUSE_NEVER;
    if (sysctl_is(tcp, "tcp_tw_reuse", "1"))
        return COUNT_REUSE_ALWAYS;
    return sysctl_is(tcp, "tcp_tw_reuse", "2") ? COUNT_REUSE_LOOPBACK : COUNT_REUSE_NEVER;
}

static void visit_listener(void *context, const struct tcp_socket *socket)
{
    struct visit *visit = context;
    if (visit->error == 0)
        visit->error = attribution_note_listener(&visit->tcp->attribution, socket);
}

static int walk_listeners(struct tcp_state_linux *tcp, int64_t now, int64_t deadline)
{
    struct visit visit = {tcp, now, 0};
    bool anew;
    int error = attribution_begin(&tcp->attribution, now, &anew);
    if (error < 0)
        return error;
    if (anew)
        listeners_free(&tcp->listeners);
    error = sock_diag_walk(tcp->diag, SOCK_DIAG_LISTENING, visit_listener, &visit);
    if (error == 0)
        error = visit.error;
    return error < 0 ? error : attribution_add_listeners(&tcp->attribution, &tcp->listeners, deadline);
}

static void visit_socket(void *context, const struct tcp_socket *socket)
{
    struct visit *visit = context;
    struct tcp_state_linux *tcp = visit->tcp;
    attribution_owner(&tcp->attribution, &tcp->count, socket);
}

static int walk_others(struct tcp_state_linux *tcp, int64_t now, int64_t deadline)
{
    struct visit visit = {tcp, now, 0};
    count_begin(&tcp->count, &tcp->listeners, &tcp->range, read_reuse(tcp));
    attribution_count_listeners(&tcp->attribution, &tcp->count);
    int error = sock_diag_walk(tcp->diag, SOCK_DIAG_OTHERS, visit_socket, &visit);
    return error < 0 ? error : attribution_finish(&tcp->attribution, &tcp->count, deadline);
}

static int walk(struct tcp_state_linux *tcp, int64_t now, int64_t deadline)
{
    int error = -EINTR;
    for (int tries = 0; tries < WALK_TRIES && error == -EINTR; tries++) {
        error = walk_listeners(tcp, now, deadline);
        if (error == 0)
            error = walk_others(tcp, now, deadline);
        tcp->dumps_interrupted += error == -EINTR;
    }
    return error;
}

static int tcp_collect(void *state, struct builder *builder, int64_t deadline)
{
    struct tcp_state_linux *tcp = state;
    const char *subject = NULL;
    int error = read_range(tcp);
    if (error == 0)
        error = walk(tcp, builder_now(builder), deadline);
    if (error == 0)
        error = count_put(&tcp->count, &tcp->attribution.names, OWN_NETNS, builder);
    if (error < 0)
        return error;
    struct builder_mark mark = builder_mark(builder);
    error = counters_put(builder, tcp->procfs, OWN_NETNS, tcp->dumps_interrupted, &tcp->buffer, &subject);
    source_report(builder, &(struct source){"tcp", "counters", subject}, mark, error);
    mark = builder_mark(builder);
    error = conntrack_put(builder, tcp->procfs, OWN_NETNS, &tcp->buffer);
    if (error != -ENODATA)
        source_report(builder, &(struct source){"tcp", "conntrack", NULL}, mark, error);
    return 0;
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
