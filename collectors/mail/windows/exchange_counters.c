/* SPDX-License-Identifier: Apache-2.0
 * Lengths of the queues of this host's own Exchange, as totals over all of a kind: a reading costs nothing and needs no
 * Exchange shell. The drop file (servers/exchange) has them one by one, with limits and back pressure; the two overlap,
 * so these stand under a server name of their own. Its transport also logs when it refuses: those events are counted. */
#include <errno.h>
#include <stdlib.h>

#include "collectors/mail/server.h"
#include "collectors/mail/windows/counters.h"
#include "collectors/source.h"
#include "collectors/windows/system_events.h"
#include "snapshot/tables/mail_queues.h"

/* The label `server` of what the counters of this host tell. */
#define SERVER "local"

#define TOTAL(name_) "\\MSExchangeTransport Queues(_total)\\" name_

/* Those of 2010, and those that 2013 and later have in their place. A host has what it has. */
static const struct mail_counter_option usual[] = {
    {"Submission", TOTAL("Submission Queue Length")},
    {"Active Mailbox Delivery", TOTAL("Active Mailbox Delivery Queue Length")},
    {"Retry Mailbox Delivery", TOTAL("Retry Mailbox Delivery Queue Length")},
    {"Active Remote Delivery", TOTAL("Active Remote Delivery Queue Length")},
    {"Retry Remote Delivery", TOTAL("Retry Remote Delivery Queue Length")},
    {"External Active Remote Delivery", TOTAL("External Active Remote Delivery Queue Length")},
    {"External Retry Remote Delivery", TOTAL("External Retry Remote Delivery Queue Length")},
    {"Internal Active Remote Delivery", TOTAL("Internal Active Remote Delivery Queue Length")},
    {"Internal Retry Remote Delivery", TOTAL("Internal Retry Remote Delivery Queue Length")},
    {"Unreachable", TOTAL("Unreachable Queue Length")},
    {"Poison", TOTAL("Poison Queue Length")},
};

/* 1009 all connections taken, 1021 all of one source; 15004 to 15007 back pressure comes and goes. */
static const struct event_log_query transport_events = {.channel = "Application",
                                                        .provider = "MSExchangeTransport",
                                                        .ids = {1009, 1021, 15004, 15005, 15006, 15007},
                                                        .count = 6};

struct exchange_counters {
    const struct mail_counter_option *wanted;
    size_t count;
    bool configured; /* by name, or because there is a drop file: what is missing then is a failure */
    bool has_drop;
    const char **paths;
    int64_t *lengths; /* beside wanted; -1: none */
    struct counters *counters;
    struct system_events events;
};

static void counters_server_close(void *state)
{
    struct exchange_counters *exchange = state;
    if (!exchange)
        return;
    counters_close(exchange->counters);
    system_events_close(&exchange->events);
    free(exchange->paths);
    free(exchange->lengths);
    free(exchange);
}

static int counters_server_open(const struct collector_paths *paths, const struct mail_options *options,
                                void **ret_state)
{
    struct exchange_counters *exchange = calloc(1, sizeof(*exchange));
    (void)paths;
    if (!exchange)
        return -ENOMEM;
    exchange->configured = options->exchange_counters.count > 0;
    exchange->has_drop = options->exchange.count > 0;
    exchange->wanted = exchange->configured ? options->exchange_counters.items : usual;
    exchange->count = exchange->configured ? options->exchange_counters.count : sizeof(usual) / sizeof(usual[0]);
    exchange->events.query = &transport_events;
    exchange->paths = calloc(exchange->count, sizeof(*exchange->paths));
    exchange->lengths = calloc(exchange->count, sizeof(*exchange->lengths));
    if (!exchange->paths || !exchange->lengths) {
        counters_server_close(exchange);
        return -ENOMEM;
    }
    for (size_t i = 0; i < exchange->count; i++)
        exchange->paths[i] = exchange->wanted[i].counter;
    *ret_state = exchange;
    return 0;
}

static void take_length(void *context, size_t position, int64_t value)
{
    struct exchange_counters *exchange = context;
    int64_t *length = &exchange->lengths[position];
    if (value >= 0)
        *length = *length < 0 ? value : *length + value;
}

static int read_lengths(struct exchange_counters *exchange)
{
    int error = exchange->counters ? 0 : counters_open(exchange->paths, exchange->count, &exchange->counters);
    if (error < 0)
        return error;
    for (size_t i = 0; i < exchange->count; i++)
        exchange->lengths[i] = -1;
    error = counters_read(exchange->counters, take_length, exchange);
    if (error < 0) { /* Exchange was restarted, perhaps: begin anew */
        counters_close(exchange->counters);
        exchange->counters = NULL;
    }
    return error;
}

static void put_lengths(const struct exchange_counters *exchange, struct builder *builder)
{
    for (size_t i = 0; i < exchange->count; i++) {
        if (exchange->lengths[i] < 0)
            continue;
        builder_row(builder, &table_mail_queues);
        builder_number(builder, MAIL_QUEUES_MTA, MAIL_EXCHANGE);
        builder_text(builder, MAIL_QUEUES_SERVER, SERVER);
        builder_text(builder, MAIL_QUEUES_QUEUE, exchange->wanted[i].queue);
        builder_number(builder, MAIL_QUEUES_MESSAGES, (uint64_t)exchange->lengths[i]);
        builder_text(builder, MAIL_QUEUES_DETAIL, exchange->wanted[i].counter);
    }
}

static int counters_server_collect(void *state, const struct mail_sample *sample)
{
    struct exchange_counters *exchange = state;
    struct builder_mark mark = builder_mark(sample->builder);
    int error = read_lengths(exchange);
    bool none = error == -ENODATA;
    if (error == -ENOMEM)
        return error;
    if (none && !exchange->configured && !exchange->has_drop)
        return -ENODATA; /* no Exchange here */
    if (error == 0)
        put_lengths(exchange, sample->builder);
    if (!none || exchange->configured)
        source_report(sample->builder, &(struct source){"mail", "exchange:counters", exchange->wanted[0].counter}, mark,
                      none ? -ENOENT : error);
    system_events_put(&exchange->events, "mail", sample->builder);
    return 0;
}

extern const struct mail_server exchange_counters_server;

const struct mail_server exchange_counters_server = {
    .open = counters_server_open,
    .collect = counters_server_collect,
    .close = counters_server_close,
};
