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
