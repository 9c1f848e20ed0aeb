/* SPDX-License-Identifier: Apache-2.0
 * Exchange servers that tell their state in a drop file. The file's age is the freshness of all that is in it. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "collectors/mail/server_row.h"
#include "collectors/mail/servers/exchange/drop.h"
#include "collectors/mail/servers/list.h"
#include "collectors/mail/watched_file.h"
#include "collectors/source.h"
#include "snapshot/tables/mail_servers.h"

#define DEFAULT_NAME  "main"
#define DROP_SIZE_MAX 16777216u
#define DROP_AGE_MAX  (900 * CLOCK_SECOND) /* the task writes every 1 to 5 minutes */

struct exchange_instance {
    const struct mail_instance_option *option;
    const char *name;
    struct watched_file file;    /* as it was when it was read */
    struct watched_file doubted; /* as it was when its syntax was found bad once */
    struct exchange_drop drop;
};

struct exchange {
    const struct collector_paths *paths;
    struct exchange_instance *instances;
    size_t count;
};

static void exchange_close(void *state)
{
    struct exchange *exchange = state;
    if (!exchange)
        return;
    for (size_t i = 0; i < exchange->count; i++)
        exchange_drop_free(&exchange->instances[i].drop);
    free(exchange->instances);
    free(exchange);
}

static int exchange_open(const struct collector_paths *paths, const struct mail_options *options, void **ret_state)
{
    struct exchange *exchange = calloc(1, sizeof(*exchange));
    if (!exchange)
        return -ENOMEM;
    const struct mail_instance_option *given = options->exchange.items;
    exchange->paths = paths;
    exchange->instances = calloc(options->exchange.count + 1, sizeof(*exchange->instances));
    if (!exchange->instances) {
        free(exchange);
        return -ENOMEM;
    }
    for (size_t i = 0; i < options->exchange.count; i++)
        exchange->instances[exchange->count++] =
            (struct exchange_instance){.option = &given[i], .name = mail_unique_name(given, i, DEFAULT_NAME)};
    *ret_state = exchange;
    return 0;
}

static int load(struct exchange_instance *instance, const char *path)
{
    struct exchange_drop found = {0};
    struct text text = TEXT_EMPTY;
    int error = file_read(path, DROP_SIZE_MAX, &text);
    if (error == 0)
        error = exchange_drop_parse(&found, &text);
    text_free(&text);
    if (error < 0) {
        exchange_drop_free(&found);
        return error;
    }
    exchange_drop_free(&instance->drop);
    instance->drop = found;
    return 0;
}

/* Reads the file if it changed. -ESTALE where nobody has written it for long; subject says since when. */
static int refresh(struct exchange_instance *instance, const char *path, int64_t now, char subject[FILE_PATH_MAX])
{
    struct watched_file found;
    int error = watched_file_look(path, &found);
    if (error < 0)
        return error;
    int64_t age = now - times_moment(found.modified.tv_sec, found.modified.tv_nsec);
    if (age > DROP_AGE_MAX) {
        (void)snprintf(subject, FILE_PATH_MAX, "%.512s, written %lld s ago", path, (long long)(age / CLOCK_SECOND));
        return -ESTALE;
    }
    if (watched_file_same(&instance->file, &found))
        return instance->file.error;
    instance->file.known = false;
    error = load(instance, path);
    watched_file_done(&instance->file, &found, error);
    /* jansson may tell want of memory as bad syntax: that is believed when the same file gives it again. */
    if (error == -EINVAL && !watched_file_same(&instance->doubted, &found)) {
        instance->doubted = found;
        instance->file.known = false;
    }
    return error;
}

static void put_queue(struct builder *builder, const char *server, const struct exchange_queue *queue)
{
    double age = (double)builder_wall_now(builder) / (double)CLOCK_SECOND - queue->oldest;
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, MAIL_EXCHANGE);
    builder_text(builder, MAIL_QUEUES_SERVER, server);
    builder_text(builder, MAIL_QUEUES_QUEUE, queue->name);
    builder_number(builder, MAIL_QUEUES_MESSAGES, queue->messages);
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, queue->messages == 0 ? 0 : fmax(age, isnan(age) ? NAN : 0));
    builder_real(builder, MAIL_QUEUES_VELOCITY, queue->velocity);
    builder_text(builder, MAIL_QUEUES_DETAIL, queue->detail);
    if (queue->detail && strcasestr(queue->detail, "suspended"))
        builder_number(builder, MAIL_QUEUES_FROZEN, queue->messages);
}

static void put(const struct exchange_instance *instance, struct builder *builder)
{
    const struct exchange_drop *drop = &instance->drop;
    for (size_t i = 0; i < drop->queue_count; i++)
        put_queue(builder, instance->name, &drop->queues[i]);
    limits_put(&drop->limits, builder, MAIL_EXCHANGE, instance->name);
    for (size_t i = 0; i < drop->resource_count; i++) {
        builder_row(builder, &table_mail_back_pressure);
        builder_number(builder, MAIL_BACK_PRESSURE_MTA, MAIL_EXCHANGE);
        builder_text(builder, MAIL_BACK_PRESSURE_SERVER, instance->name);
        builder_text(builder, MAIL_BACK_PRESSURE_RESOURCE, drop->resources[i].name);
        builder_number(builder, MAIL_BACK_PRESSURE_LEVEL, drop->resources[i].level);
    }
    server_row_put(builder, &(struct server_row){.mta = MAIL_EXCHANGE,
                                                 .server = instance->name,
                                                 .required = NAN,
                                                 .required_percent = NAN,
                                                 .version = drop->version,
                                                 .config = instance->option->path});
}

static int collect_instance(const struct exchange *exchange, struct exchange_instance *instance,
                            const struct mail_sample *sample)
{
    char source[FILE_PATH_MAX], path[FILE_PATH_MAX], subject[FILE_PATH_MAX] = "";
    struct builder_mark mark = builder_mark(sample->builder);
    int error = file_path(path, sizeof(path), exchange->paths->rootfs, instance->option->path);
    if (error == 0)
        error = refresh(instance, path, builder_wall_now(sample->builder), subject);
    if (error == 0)
        put(instance, sample->builder);
    else if (!*subject)
        watched_file_explain(path, sizeof(path));
    (void)snprintf(source, sizeof(source), "exchange:%s", instance->name);
    source_report(sample->builder, &(struct source){"mail", source, *subject ? subject : path}, mark, error);
    return error == -ENOMEM ? error : 0;
}

static int exchange_collect(void *state, const struct mail_sample *sample)
{
    struct exchange *exchange = state;
    int error = exchange->count > 0 ? 0 : -ENODATA;
    for (size_t i = 0; i < exchange->count && error == 0; i++)
        error = collect_instance(exchange, &exchange->instances[i], sample);
    return error;
}

const struct mail_server exchange_server = {
    .open = exchange_open,
    .collect = exchange_collect,
    .close = exchange_close,
};
