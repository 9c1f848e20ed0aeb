/* SPDX-License-Identifier: Apache-2.0
 * Depth and age of mail queues, read from the names and times of the queues' files: asking a mail server costs a
 * hundred times more, and most when the queue matters. */
#include <errno.h>
#include <stdlib.h>

#include "collectors/mail/directory.h"
#include "collectors/mail/server.h"

/* One kind of mail server. */
struct one_kind {
    void *state;
    bool absent; /* the last sample found no instance: it takes no time */
};

struct mail {
    struct pace pace;
    struct queue_workspace workspace;
    size_t count; /* of mail_servers */
    struct one_kind *kinds;
    bool opens_messages;
    struct queue_content_budget content;
};

static void mail_close(void *state)
{
    struct mail *mail = state;
    if (!mail)
        return;
    for (size_t i = 0; mail->kinds && i < mail->count; i++)
        mail_servers[i]->close(mail->kinds[i].state);
    free(mail->kinds);
    free(mail->workspace.buffer);
    free(mail);
}

static int mail_open(const struct collector_paths *paths, const void *options, void **ret_state)
{
    struct mail *mail = calloc(1, sizeof(*mail));
    if (!mail)
        return -ENOMEM;
    const struct mail_options *choice = options;
    pace_init(&mail->pace);
    pace_init(&mail->content.pace);
    mail->opens_messages = choice->content != MAIL_CONTENT_OFF;
    while (mail_servers[mail->count])
        mail->count++;
    mail->workspace.buffer = malloc(DIRECTORY_BUFFER_SIZE);
    mail->kinds = calloc(mail->count + 1, sizeof(*mail->kinds));
    int error = mail->workspace.buffer && mail->kinds ? 0 : -ENOMEM;
    for (size_t i = 0; i < mail->count && error == 0; i++)
        error = mail_servers[i]->open(paths, options, &mail->kinds[i].state);
    if (error < 0)
        mail_close(mail);
    else
        *ret_state = mail;
    return error;
}

/* How many kinds share the time that is left, from this one on. */
static size_t sharing_from(const struct mail *mail, size_t position)
{
    size_t count = 1;
    for (size_t i = position + 1; i < mail->count; i++)
        count += !mail->kinds[i].absent;
    return count;
}

static int mail_collect(void *state, struct builder *builder, int64_t deadline)
{
    struct mail *mail = state;
    struct mail_sample sample = {.builder = builder, .pace = &mail->pace, .workspace = &mail->workspace};
    mail->content.opens = QUEUE_CONTENT_OPENS;
    sample.content = mail->opens_messages ? &mail->content : NULL;
    int result = -ENODATA;
    for (size_t i = 0; i < mail->count; i++) {
        sample.deadline = mail_share(deadline, sharing_from(mail, i));
        int error = mail_servers[i]->collect(mail->kinds[i].state, &sample);
        if (error < 0 && error != -ENODATA)
            return error;
        mail->kinds[i].absent = error == -ENODATA;
        if (error == 0)
            result = 0;
    }
    return result;
}

const struct collector mail_collector = {
    .name = "mail",
    .help = "Depth, age and size of mail queues",
    .enabled = true,
    .options = mail_option_list,
    .options_size = sizeof(struct mail_options),
    .open = mail_open,
    .collect = mail_collect,
    .close = mail_close,
};
