/* SPDX-License-Identifier: Apache-2.0
 * What an instance's main.cf says, read again only when the file changed. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_CONFIG_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_CONFIG_H

#include "collectors/mail/watched_file.h"

/* Start with zeroes. The texts are NULL until the first success. */
struct postfix_config {
    char *queue_directory;
    char *instance_name;   /* multi_instance_name; may be "" */
    char *instance_others; /* multi_instance_directories: paths set apart by blanks or commas; may be "" */

    struct watched_file file; /* as it was when it was read */
    const char *failed;       /* the parameter that makes no sense; NULL: it is not one */
};

/* Reads main.cf at path if it changed; config_directory is what $config_directory stands for. 0; -EINVAL for what
 * makes no sense, such as a relative queue_directory; else negative errno. On failure the texts stay what they were. */
int postfix_config_refresh(struct postfix_config *config, const char *path, const char *config_directory);

/* Gives the memory back. */
void postfix_config_free(struct postfix_config *config);

#endif
