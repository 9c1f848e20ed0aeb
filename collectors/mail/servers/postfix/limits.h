/* SPDX-License-Identifier: Apache-2.0
 * The limits of one Postfix instance: what main.cf and master.cf say, over the defaults of postconf(5), which are the
 * same in all versions from 2.6 on. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_LIMITS_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_POSTFIX_LIMITS_H

#include "base/file.h"
#include "collectors/mail/limits.h"
#include "collectors/mail/servers/postfix/main_cf.h"
#include "collectors/mail/servers/postfix/master_cf.h"
#include "collectors/mail/watched_file.h"

/* Start with zeroes. */
struct postfix_limits {
    struct watched_file main_file, master_file; /* as they were when they were read */
    const char *failed;                         /* the name of the one that could not be read; NULL: none */
    struct limits limits;
    double required_bytes; /* free room below which smtpd takes no message */
};

/* Reads both files below root if one of them changed. 0 or negative errno with the limits as they were; subject tells
 * the path that could not be read. */
int postfix_limits_refresh(struct postfix_limits *limits, const char *root, const char *config_directory,
                           char subject[FILE_PATH_MAX]);

/* When the newer of the two files was changed, nanoseconds since 1970; 0: not read yet. */
int64_t postfix_limits_changed(const struct postfix_limits *limits);

/* Fills *limits from the parsed files. main_cf is used for expansion and left with more entries. 0 or -ENOMEM. */
int postfix_limits_make(struct main_cf *main_cf, const struct master_cf *master_cf, struct limits *limits,
                        double *ret_required_bytes);

/* Sets Postfix's defaults of the parameters that are read here: to be called before main.cf is parsed. 0 or -ENOMEM. */
int postfix_limits_defaults(struct main_cf *main_cf, const char *config_directory);

/* Gives the memory back. */
void postfix_limits_free(struct postfix_limits *limits);

#endif
