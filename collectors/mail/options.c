/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/options.h"

#include <string.h>

#define FIELD(name_, member, required_, fallback_, help_)                                                              \
    {                                                                                                                  \
        .name = (name_), .type = OPTION_TEXT, .offset = offsetof(struct mail_instance_option, member),                 \
        .required = (required_), .fallback = (fallback_), .help = (help_)                                              \
    }
#define NAME_FIELD FIELD("name", name, false, NULL, "Name of the instance; the label server")

#define INSTANCES(name_, member, fields_, refused_, help_)                                                             \
    {                                                                                                                  \
        .name = (name_), .type = OPTION_RECORDS, .offset = offsetof(struct mail_options, member), .fields = (fields_), \
        .record_size = sizeof(struct mail_instance_option), .refused = (refused_), .help = (help_)                     \
    }

static const struct option postfix_fields[] = {
    NAME_FIELD,
    FIELD("config_directory", path, true, NULL, "Directory of its main.cf"),
    OPTION_END,
};

static const struct option exim_fields[] = {
    NAME_FIELD,
    FIELD("spool_directory", path, true, NULL, "Its spool directory"),
    FIELD("config_file", config, false, NULL, "Its configuration, if it is not Exim's own"),
    FIELD("program", program, false, NULL, "Exim itself, to ask for its limits"),
    OPTION_END,
};

static const struct option queue_directory_fields[] = {
    NAME_FIELD,
    FIELD("queue_directory", path, true, NULL, "Its queue directory"),
    FIELD("config_file", config, false, NULL, "Its configuration, for its limits"),
    OPTION_END,
};

static const char *const kind_words[] = {"plain", "mailroot", "exchange", "qmail", NULL};

static const struct option spool_fields[] = {
    FIELD("name", name, true, NULL, "Name of the spool; the label server"),
    FIELD("path", path, true, NULL, "The directory"),
    FIELD("include", include, false, "*", "Pattern of the names of files that are messages, as in a shell"),
    {.name = "kind",
     .type = OPTION_WORD,
     .offset = offsetof(struct mail_instance_option, kind),
     .fallback = "plain",
     .words = kind_words,
     .help = "What is in it: messages, or the directories of an IIS mailroot, of Exchange, of qmail"},
    OPTION_END,
};

static const struct option exchange_fields[] = {
    NAME_FIELD,
    FIELD("json", path, true, NULL, "File that a scheduled task writes"),
    OPTION_END,
};

static const char *const content_words[] = {"off", "top", NULL};

const struct option mail_option_list[] = {
    {.name = "detect",
     .type = OPTION_BOOLEAN,
     .offset = offsetof(struct mail_options, detect),
     .fallback = "true",
     .help = "Look for mail servers where their packages put them"},
    {.name = "content",
     .type = OPTION_WORD,
     .offset = offsetof(struct mail_options, content),
     .fallback = "off",
     .words = content_words,
     .refused = "Reading messages comes with a later version",
     .help = "Whether messages are opened to tell destinations and reasons"},
    INSTANCES("postfix", postfix, postfix_fields, NULL, "Postfix instances, besides the detected ones"),
    INSTANCES("spool", spool, spool_fields, NULL, "Plain directories in which each file is a message"),
    INSTANCES("exim", exim, exim_fields, NULL, "Exim instances, besides the detected one"),
    INSTANCES("sendmail", sendmail, queue_directory_fields, NULL, "Sendmail instances, besides the detected one"),
    INSTANCES("opensmtpd", opensmtpd, queue_directory_fields, NULL, "OpenSMTPD instances, besides the detected one"),
    INSTANCES("exchange", exchange, exchange_fields, NULL, "Exchange servers that write a drop file"),
    OPTION_END,
};

static const char *name_of(const struct mail_instance_option *instance, const char *fallback)
{
    return instance->name ? instance->name : fallback;
}

const char *mail_unique_name(const struct mail_instance_option *instances, size_t position, const char *fallback)
{
    const char *name = name_of(&instances[position], fallback);
    for (size_t i = 0; i < position; i++)
        if (strcmp(name_of(&instances[i], fallback), name) == 0)
            return instances[position].path;
    return name;
}
