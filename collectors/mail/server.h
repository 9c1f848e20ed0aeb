/* SPDX-License-Identifier: Apache-2.0
 * The contract between the mail collector and one kind of mail server. A server is one exported constant of a folder
 * in collectors/mail/servers/, named in servers/list.h; it may have any number of instances, each a source. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVER_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVER_H

#include "collectors/collector.h"
#include "collectors/mail/options.h"
#include "collectors/mail/sample.h"

struct mail_server {
    /* Makes the state that lives between samples. paths and options outlive it. 0 or negative errno. */
    int (*open)(const struct collector_paths *paths, const struct mail_options *options, void **ret_state);

    /* Puts the rows of every instance and ends each with source_report(), which rolls back those that failed. Returns
     * 0, -ENODATA when there is no instance, or a negative errno that stops the whole collector (-ENOMEM). */
    int (*collect)(void *state, const struct mail_sample *sample);

    /* Frees the state. NULL is fine. */
    void (*close)(void *state);
};

/* Every mail server that there is on this platform, NULL-ended. */
extern const struct mail_server *const mail_servers[];

#endif
