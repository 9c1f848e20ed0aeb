/* SPDX-License-Identifier: Apache-2.0
 * One Postfix instance: a configuration directory and six queues. Two sources: the queues, and the limits. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_INSTANCE_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_INSTANCE_H

#include "base/file.h"
#include "collectors/collector.h"
#include "collectors/mail/sample.h"
#include "collectors/mail/servers/postfix/config.h"
#include "collectors/mail/servers/postfix/limits.h"

#define POSTFIX_QUEUES 6u

/* name is what the user calls it, NULL if nobody does; otherwise multi_instance_name, if set, else fallback_name. */
struct postfix_instance {
    struct postfix_instance *next;
    char *config_directory; /* below the root of all paths */
    char *name;
    char *fallback_name;
    bool listed; /* by another instance's multi_instance_directories */
    bool wanted; /* still part of the configuration in this sample */
    bool read;   /* the queues were, once */
    int config_error;
    struct postfix_config config;
    struct postfix_limits limits;
    struct queue_tree *queues[POSTFIX_QUEUES];
};

/* name may be NULL. All texts are copied. 0 or -ENOMEM. */
int postfix_instance_new(const char *config_directory, const char *name, const char *fallback_name,
                         struct postfix_instance **ret_instance);

/* NULL is fine. */
void postfix_instance_free(struct postfix_instance *instance);

/* Reads main.cf, below root, if it changed; the result is kept in config_error. */
void postfix_instance_refresh(struct postfix_instance *instance, const char *root);

/* Its label. Lives until the next refresh. */
const char *postfix_instance_name(const struct postfix_instance *instance);

/* Reads the queues and puts their rows under the label `server`, sharing sample->deadline with nobody.
 * -ENODATA for a Postfix that has never run and has no queues yet. On failure (negative errno) subject tells the path
 * that could not be read; the caller rolls back. */
int postfix_instance_collect(struct postfix_instance *instance, const char *root, const char *server,
                             const struct mail_sample *sample, char subject[FILE_PATH_MAX]);

/* Puts the limits, the room for the queues and whether the configuration is stale; the rest as above. */
int postfix_instance_collect_limits(struct postfix_instance *instance, const struct collector_paths *paths,
                                    const char *server, struct builder *builder, char subject[FILE_PATH_MAX]);

#endif
