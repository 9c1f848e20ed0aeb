/* SPDX-License-Identifier: Apache-2.0
 * The tcp collector on Windows: one list of all sockets a sample, counted as on Linux. Who owned a TIME_WAIT, and how
 * old it is, Windows does not tell: tuples.h remembers. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/source.h"
#include "collectors/tcp/count.h"
#include "collectors/tcp/options.h"
#include "collectors/tcp/windows/connection_events.h"
#include "collectors/tcp/windows/lives.h"
#include "collectors/tcp/windows/owners.h"
#include "collectors/tcp/windows/settings.h"
#include "collectors/tcp/windows/tcp_table.h"
#include "collectors/tcp/windows/tuples.h"
#include "collectors/windows/system_events.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_events.h"

/* Services and programs come and go: when so many names have been seen, they are learnt anew. */
#define NAMES_MAX 20000u

/* The only namespace there is. */
#define OWN_NETNS ""

static const struct event_log_query port_events = {
    .channel = "System", .provider = "Tcpip", .ids = {4227, 4231, 4266}, .count = 3};

struct tcp_windows {
    bool events_wanted;
    struct connection_events *events;
    uint64_t events_lost;
    struct names names;
    struct owners owners;
    struct tuples tuples;
    struct lives lives;
    struct tcp_settings settings;
    struct listeners listeners;
    struct history history;
    struct count count;
    struct system_events system_events;
    int64_t now;
    int error; /* while a table is walked */
};

static void tcp_close(void *state)
{
    struct tcp_windows *tcp = state;
    if (!tcp)
        return;
    connection_events_close(tcp->events);
    system_events_close(&tcp->system_events);
    count_free(&tcp->count);
    history_free(&tcp->history);
    listeners_free(&tcp->listeners);
    tcp_settings_free(&tcp->settings);
    tuples_free(&tcp->tuples);
    owners_free(&tcp->owners);
    names_free(&tcp->names);
    free(tcp);
}

static int tcp_open(const struct collector_paths *paths, const void *options, void **ret_state)
{
    const struct tcp_options *wanted = options;
    struct tcp_windows *tcp = calloc(1, sizeof(*tcp));
    (void)paths;
    if (!tcp)
        return -ENOMEM;
    tcp->events_wanted = wanted->events == TCP_EVENTS_ON;
    tcp->system_events.query = &port_events;
    *ret_state = tcp;
    return 0;
}

/* Owners kept elsewhere are void then. */
static int learn_names_anew(struct tcp_windows *tcp)
{
    names_free(&tcp->names);
    history_free(&tcp->history);
    listeners_free(&tcp->listeners);
    tuples_forget_owners(&tcp->tuples);
    int error = names_init(&tcp->names);
    if (error < 0)
        names_free(&tcp->names);
    return error;
}

static int begin(struct tcp_windows *tcp, int64_t now)
{
    size_t known = tcp->names.map.count;
    int error = known == 0 || known > NAMES_MAX ? learn_names_anew(tcp) : 0;
    tcp->now = now;
    tcp->error = 0;
    tcp_settings_refresh(&tcp->settings, now);
    return error < 0 ? error : tuples_begin(&tcp->tuples, now);
}

static void name_owners(struct tcp_windows *tcp, struct builder *builder)
{
    int services_error;
    int error = owners_refresh(&tcp->owners, &tcp->names, &services_error);
    source_report(builder, &(struct source){"tcp", "owners", "list of processes"}, builder_mark(builder), error);
    if (error == 0)
        source_report(builder, &(struct source){"tcp", "services", "list of services"}, builder_mark(builder),
                      services_error);
}

static void note_event(void *context, const struct connection_record *record)
{
    struct tcp_windows *tcp = context;
    const struct tcp_socket socket = {.state = TCP_STATE_ESTABLISHED,
                                      .local = record->local,
                                      .remote = record->remote,
                                      .local_port = record->local_port,
                                      .remote_port = record->remote_port};
    tuples_note_event(&tcp->tuples, &socket, owners_find(&tcp->owners, record->pid));
}

static void put_events(const struct tcp_windows *tcp, struct builder *builder)
{
    builder_row(builder, &table_tcp_events);
    builder_number(builder, TCP_EVENTS_ACTIVE, tcp->events != NULL);
    if (tcp->events_wanted)
        builder_number(builder, TCP_EVENTS_LOST, tcp->events_lost);
    else
        builder_text(builder, TCP_EVENTS_MISSING, "off unless asked for (collector.tcp.events=on)");
}

static void note_events(struct tcp_windows *tcp, struct builder *builder)
{
    if (!tcp->events_wanted)
        return;
    int error = tcp->events ? 0 : connection_events_open(&tcp->events);
    if (error == 0)
        error = connection_events_drain(tcp->events, note_event, tcp, &tcp->events_lost);
    if (error < 0) {
        connection_events_close(tcp->events);
        tcp->events = NULL;
    }
    source_report(builder, &(struct source){"tcp", "events", "Microsoft-Windows-Kernel-Network"}, builder_mark(builder),
                  error);
}

static uint32_t life_ms(const struct tcp_windows *tcp)
{
    uint32_t measured = lives_measured(&tcp->lives);
    return measured ? measured : tcp->settings.time_wait_ms;
}

static void visit_listener(void *context, const struct tcp_socket *socket, uint32_t pid)
{
    struct tcp_windows *tcp = context;
    if (tcp->error == 0)
        tcp->error = listeners_add(&tcp->listeners, socket, owners_find(&tcp->owners, pid), tcp->now);
}

static void begin_count(struct tcp_windows *tcp)
{
    const struct tcp_settings *settings = &tcp->settings;
    const struct count_rules rules = {
        .listeners = &tcp->listeners,
        .range = &settings->range,
        .range_v6 = &settings->range_v6,
        .range_unknown = settings->range_unknown,
        .range_v6_unknown = settings->range_v6_unknown,
        .reuse = TCP_REUSE_NEVER,
        .time_wait_ms = life_ms(tcp),
        .one_pool = !settings->shares_ports,
        .no_cliff = true,
        .untold_queues = true,
    };
    count_begin(&tcp->count, &rules);
}

static void count_as(struct tcp_windows *tcp, struct flow *flow, struct owner owner, enum tcp_method method)
{
    count_add(&tcp->count, flow, owner, owner_is_known(owner) ? method : TCP_METHOD_UNKNOWN);
}

static void count_listener(void *context, const struct tcp_socket *socket, uint32_t pid)
{
    struct tcp_windows *tcp = context;
    struct flow flow;
    count_flow(&tcp->count, socket, &flow);
    count_as(tcp, &flow, owners_find(&tcp->owners, pid), TCP_METHOD_LIVE);
}

/* A socket that nobody owns any more: whose it was when it was seen before, else the listener's that it came through.
 */
static void count_unowned(struct tcp_windows *tcp, const struct tcp_socket *socket, const struct tuple_seen *seen,
                          struct flow *flow)
{
    const struct listener *listener = NULL;
    if (owner_is_known(seen->owner)) {
        count_as(tcp, flow, seen->owner, seen->from_event ? TCP_METHOD_EVENT : TCP_METHOD_LIVE);
        return;
    }
    if (flow->key.role == TCP_ROLE_INBOUND)
        listener = listeners_find(&tcp->listeners, &socket->local, socket->local_port);
    count_as(tcp, flow, listener ? listener->owner : OWNER_UNKNOWN, TCP_METHOD_LISTENER);
}

static void count_socket(void *context, const struct tcp_socket *socket, uint32_t pid)
{
    struct tcp_windows *tcp = context;
    struct tcp_socket aged = *socket;
    struct owner owner = pid != 0 ? owners_find(&tcp->owners, pid) : OWNER_UNKNOWN;
    uint32_t life = tcp->count.rules.time_wait_ms;
    const struct tuple_seen seen = tuples_see(&tcp->tuples, socket, owner, life);
    aged.expires_ms = seen.age_ms < life ? life - seen.age_ms : 0;
    struct flow flow;
    count_flow(&tcp->count, &aged, &flow);
    if (socket->state != TCP_STATE_TIME_WAIT)
        flow.marked = seen.fresh;
    if (owner_is_known(owner))
        count_as(tcp, &flow, owner, TCP_METHOD_LIVE);
    else
        count_unowned(tcp, socket, &seen, &flow);
}

static int count_sockets_of(struct tcp_windows *tcp, const struct tcp_table *table)
{
    listeners_begin(&tcp->listeners);
    tcp_table_each(table, true, visit_listener, tcp);
    int error = tcp->error < 0 ? tcp->error : listeners_end(&tcp->listeners, tcp->now);
    if (error < 0)
        return error;
    begin_count(tcp);
    tcp_table_each(table, true, count_listener, tcp);
    tcp_table_each(table, false, count_socket, tcp);
    tuples_end(&tcp->tuples, &tcp->lives);
    return 0;
}

static int put_sockets(struct tcp_windows *tcp, struct builder *builder)
{
    struct tcp_table *table;
    const struct count_output output = {&tcp->names, OWN_NETNS, true, &tcp->history};
    int error = tcp_table_take(&table);
    if (error < 0)
        return error;
    error = count_sockets_of(tcp, table);
    tcp_table_free(table);
    if (error < 0)
        return error;
    history_begin(&tcp->history, tcp->now, HISTORY_TELLS);
    error = count_put(&tcp->count, &output, builder);
    history_end(&tcp->history);
    return error;
}

static void put_counters(struct builder *builder)
{
    struct tcp_table_counters counters;
    struct builder_mark mark = builder_mark(builder);
    int error = tcp_table_count(&counters);
    if (error == 0) {
        builder_row(builder, &table_tcp_counters);
        builder_text(builder, TCP_COUNTERS_NETNS, OWN_NETNS);
        builder_number(builder, TCP_COUNTERS_ACTIVE_OPENS, counters.active_opens);
        builder_number(builder, TCP_COUNTERS_PASSIVE_OPENS, counters.passive_opens);
        builder_number(builder, TCP_COUNTERS_ATTEMPT_FAILS, counters.attempt_fails);
        builder_number(builder, TCP_COUNTERS_RETRANSMITTED, counters.retransmitted_segments);
    }
    source_report(builder, &(struct source){"tcp", "counters", "GetTcpStatisticsEx"}, mark, error);
}

static int tcp_collect(void *state, struct builder *builder, int64_t deadline)
{
    struct tcp_windows *tcp = state;
    (void)deadline; /* one call for each list; netsh only once in a while, and bounded */
    int error = begin(tcp, builder_now(builder));
    if (error < 0)
        return error;
    name_owners(tcp, builder);
    note_events(tcp, builder);
    put_events(tcp, builder);
    error = put_sockets(tcp, builder);
    if (error < 0)
        return error;
    put_counters(builder);
    source_report(builder, &(struct source){"tcp", "port_range", "netsh int ipv4 show dynamicport tcp"},
                  builder_mark(builder), tcp->settings.error);
    system_events_put(&tcp->system_events, "tcp", builder);
    return 0;
}

const struct collector tcp_collector = {
    .name = "tcp",
    .help = "TCP sockets by owner, port and destination; ephemeral ports",
    .enabled = true,
    .options = tcp_options,
    .options_size = sizeof(struct tcp_options),
    .open = tcp_open,
    .collect = tcp_collect,
    .close = tcp_close,
};
