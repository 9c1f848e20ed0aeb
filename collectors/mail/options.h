/* SPDX-License-Identifier: Apache-2.0
 * The YAML section `mail`: which mail servers to look for, and those that the user names. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_OPTIONS_H
#define CHOKEPOINT_COLLECTORS_MAIL_OPTIONS_H

#include "base/option.h"

/* How a spool directory is laid out: the words of the option kind. */
enum mail_spool_kind { MAIL_SPOOL_PLAIN, MAIL_SPOOL_MAILROOT, MAIL_SPOOL_EXCHANGE, MAIL_SPOOL_QMAIL };

/* Whether messages are opened: the words of the option content. */
enum mail_content { MAIL_CONTENT_OFF, MAIL_CONTENT_TOP };

/* One instance of a mail server: what to call it, and the directory or file that says where its queues are. */
struct mail_instance_option {
    const char *name; /* NULL: the server's own name for it */
    const char *path;
    const char *include; /* spool directories: an fnmatch(3) pattern of the files that count */
    unsigned kind;       /* spool directories: enum mail_spool_kind */
    const char *config;  /* Exim, Sendmail, OpenSMTPD: the configuration; NULL: where the package puts it */
    const char *program; /* Exim: itself; NULL: where a package puts it */
};

struct mail_options {
    bool detect;
    unsigned content;
    struct option_records postfix; /* struct mail_instance_option */
    struct option_records exim;
    struct option_records sendmail;
    struct option_records opensmtpd;
    struct option_records spool;
    struct option_records exchange;
};

/* The options that fill struct mail_options, ended by OPTION_END. */
extern const struct option mail_option_list[];

/* The label of the instance at this position of a list: its name, else fallback; its path where one before it is called
 * the same. */
const char *mail_unique_name(const struct mail_instance_option *instances, size_t position, const char *fallback);

#endif
