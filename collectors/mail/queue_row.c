/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/queue_row.h"

#include <stdio.h>

static const char *const method_names[] = {
    [ARRIVAL_NAME] = "name",           [ARRIVAL_BIRTH_TIME] = "birth time", [ARRIVAL_RECORD] = "record",
    [ARRIVAL_FILE_TIME] = "file time", [ARRIVAL_UNKNOWN] = "unknown",
};

#define METHODS (sizeof(method_names) / sizeof(method_names[0]))

static void put_methods(struct builder *builder, unsigned methods)
{
    char text[64];
    size_t length = 0;
    for (unsigned i = 0; i < METHODS; i++) {
        if (!(methods & 1u << i))
            continue;
        int written = snprintf(text + length, sizeof(text) - length, "%s%s", length > 0 ? ", " : "", method_names[i]);
        length += written > 0 ? (size_t)written : 0;
    }
    if (length > 0)
        builder_text(builder, MAIL_QUEUES_AGE_METHOD, text);
}

static void put_ages(struct builder *builder, const struct queue_totals *totals)
{
    double age = 0;
    if (totals->messages > 0)
        age = ((double)builder_wall_now(builder) - (double)totals->oldest) / (double)CLOCK_SECOND;
    /* A sender whose clock is ahead gives an arrival in the future. */
    builder_real(builder, MAIL_QUEUES_OLDEST_AGE, age > 0 ? age : 0);
    for (unsigned i = 0; i < QUEUE_AGES; i++)
        builder_number(builder, MAIL_QUEUES_OVER_5M + i, totals->aged[i]);
}

void queue_row_put(struct builder *builder, const struct queue_label *label, const struct queue_totals *totals)
{
    builder_row(builder, &table_mail_queues);
    builder_number(builder, MAIL_QUEUES_MTA, label->mta);
    builder_text(builder, MAIL_QUEUES_SERVER, label->server);
    builder_text(builder, MAIL_QUEUES_QUEUE, label->queue);
    builder_text(builder, MAIL_QUEUES_DIRECTORY, label->directory);
    builder_number(builder, MAIL_QUEUES_MESSAGES, totals->messages);
    if (totals->messages == 0 || totals->dated > 0)
        put_ages(builder, totals);
    put_methods(builder, totals->methods);
    if (totals->files_known && !label->no_sizes)
        builder_number(builder, MAIL_QUEUES_BYTES, totals->bytes);
    if (totals->files_known && label->has_due)
        builder_number(builder, MAIL_QUEUES_DUE, totals->due);
    if (totals->files_known && label->has_set_aside)
        builder_number(builder, MAIL_QUEUES_FROZEN, totals->set_aside);
}

static void put_destination(struct builder *builder, const struct queue_label *label, const char *domain,
                            uint64_t messages)
{
    builder_row(builder, &table_mail_destinations);
    builder_number(builder, MAIL_DESTINATIONS_MTA, label->mta);
    builder_text(builder, MAIL_DESTINATIONS_SERVER, label->server);
    builder_text(builder, MAIL_DESTINATIONS_QUEUE, label->queue);
    builder_text(builder, MAIL_DESTINATIONS_DOMAIN, domain);
    builder_number(builder, MAIL_DESTINATIONS_MESSAGES, messages);
}

static const char *text_or_none(const char *text)
{
    return text && *text ? text : NULL;
}

void queue_row_put_destinations(struct builder *builder, const struct queue_label *label,
                                const struct queue_totals *totals, const struct destinations *destinations)
{
    uint64_t known = 0;
    for (uint32_t i = 0; destinations && i < DESTINATIONS_MAX; i++) {
        const struct destination_entry *entry = &destinations->entries[i];
        if (entry->messages == 0 || (!*entry->domain && !*entry->dsn))
            continue;
        put_destination(builder, label, *entry->domain ? entry->domain : "unknown", entry->messages);
        builder_text(builder, MAIL_DESTINATIONS_DSN, text_or_none(entry->dsn));
        builder_text(builder, MAIL_DESTINATIONS_REASON, text_or_none(entry->reason));
        known += entry->messages;
    }
    uint64_t others = destinations ? destinations->entries[DESTINATIONS_OTHER].messages : 0;
    if (others > 0) {
        put_destination(builder, label, "other", others);
        builder_others(builder, 1);
    }
    known += others;
    if (destinations && totals->messages > known)
        put_destination(builder, label, "unknown", totals->messages - known);
}
