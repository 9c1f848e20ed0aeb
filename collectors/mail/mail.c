/* SPDX-License-Identifier: Apache-2.0
 * Depth and age of mail queues, read from the names and times of the queues' files: asking a mail server costs a
 * hundred times more, and most when the queue matters. */
#include <errno.h>
#include <stdlib.h>

#include "collectors/mail/directory.h"
#include "collectors/mail/servers/list.h"

#define MAIL_SERVER_ENTRY(name) &(name),

static const struct mail_server *const servers[] = {MAIL_SERVERS(MAIL_SERVER_ENTRY)};

#define SERVERS (sizeof(servers) / sizeof(servers[0]))

struct mail {
    struct pace pace;
    struct queue_workspace workspace;
    bool opens_messages;
    struct queue_content_budget content;
    void *states[SERVERS];
};

static void mail_close(void *state)
{
    struct mail *mail = state;
    if (!mail)
        return;
    for (size_t i = 0; i < SERVERS; i++)
        servers[i]->close(mail->states[i]);
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
    mail->workspace.buffer = malloc(DIRECTORY_BUFFER_SIZE);
    int error = mail->workspace.buffer ? 0 : -ENOMEM;
    for (size_t i = 0; i < SERVERS && error == 0; i++)
        error = servers[i]->open(paths, options, &mail->states[i]);
    if (error < 0)
        mail_close(mail);
    else
        *ret_state = mail;
    return error;
}

static int mail_collect(void *state, struct builder *builder, int64_t deadline)
{
    struct mail *mail = state;
    struct mail_sample sample = {.builder = builder, .pace = &mail->pace, .workspace = &mail->workspace};
    mail->content.opens = QUEUE_CONTENT_OPENS;
    sample.content = mail->opens_messages ? &mail->content : NULL;
    int result = -ENODATA;
    for (size_t i = 0; i < SERVERS; i++) {
        sample.deadline = mail_share(deadline, SERVERS - i);
        int error = servers[i]->collect(mail->states[i], &sample);
        if (error < 0 && error != -ENODATA)
            return error;
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
