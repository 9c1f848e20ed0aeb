/* SPDX-License-Identifier: Apache-2.0
 * MAIL_UNIX_REFUSED, MAIL_CONTENT_REFUSED and MAIL_COUNTERS_REFUSED come from CMakeLists.txt: NULL, or why this build
 * has no such thing. */
#include "collectors/mail/options.h"

#include <string.h>

#include "collectors/mail/path.h"

static bool is_text(const char *text)
{
    return *text != '\0';
}

#define FIELD(name_, member, required_, fallback_, accepts_, allowed_, help_)                                          \
    {                                                                                                                  \
        .name = (name_), .type = OPTION_TEXT, .offset = offsetof(struct mail_instance_option, member),                 \
        .required = (required_), .fallback = (fallback_), .accepts = (accepts_), .allowed = (allowed_),                \
        .help = (help_)                                                                                                \
    }
#define PATH_FIELD(name_, member, required_, help_)                                                                    \
    FIELD(name_, member, required_, NULL, mail_path_is_absolute, mail_path_allowed, help_)
#define NAME_FIELD(required_) FIELD("name", name, required_, NULL, is_text, "a name", "Name of it; the label server")

#define INSTANCES(name_, member, fields_, refused_, help_)                                                             \
    {                                                                                                                  \
        .name = (name_), .type = OPTION_RECORDS, .offset = offsetof(struct mail_options, member), .fields = (fields_), \
        .record_size = sizeof(struct mail_instance_option), .refused = (refused_), .help = (help_)                     \
    }

static const struct option postfix_fields[] = {
    NAME_FIELD(false),
    PATH_FIELD("config_directory", path, true, "Directory of its main.cf"),
    OPTION_END,
};

static const struct option exim_fields[] = {
    NAME_FIELD(false),
    PATH_FIELD("spool_directory", path, true, "Its spool directory"),
    PATH_FIELD("config_file", config, false, "Its configuration, if it is not Exim's own"),
    PATH_FIELD("program", program, false, "Exim itself, to ask for its limits"),
    OPTION_END,
};

static const struct option queue_directory_fields[] = {
    NAME_FIELD(false),
    PATH_FIELD("queue_directory", path, true, "Its queue directory"),
    PATH_FIELD("config_file", config, false, "Its configuration, for its limits"),
    OPTION_END,
};

static const char *const kind_words[] = {"plain", "mailroot", "exchange", "qmail", NULL};

static const struct option spool_fields[] = {
    NAME_FIELD(true),
    PATH_FIELD("path", path, true, "The directory"),
    FIELD("include", include, false, "*", is_text, "a pattern",
          "Pattern of the names of files that are messages, as in a shell"),
    {.name = "kind",
     .type = OPTION_WORD,
     .offset = offsetof(struct mail_instance_option, kind),
     .fallback = "plain",
     .words = kind_words,
     .help = "What is in it: messages, or the directories of an IIS mailroot, of Exchange, of qmail"},
    OPTION_END,
};

static const struct option exchange_fields[] = {
    NAME_FIELD(false),
    PATH_FIELD("json", path, true, "File that a scheduled task writes"),
    OPTION_END,
};

static bool is_counter(const char *text)
{
    return text[0] == '\\' && strchr(text + 1, '\\');
}

static const struct option counter_fields[] = {
    {.name = "queue",
     .type = OPTION_TEXT,
     .offset = offsetof(struct mail_counter_option, queue),
     .required = true,
     .accepts = is_text,
     .allowed = "a name",
     .help = "Name of the queue; the label queue"},
    {.name = "counter",
     .type = OPTION_TEXT,
     .offset = offsetof(struct mail_counter_option, counter),
     .required = true,
     .accepts = is_counter,
     .allowed = "a path of a counter in English, such as \\MSExchangeTransport Queues(_total)\\Submission Queue Length",
     .help = "Its performance counter, by its English name"},
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
     .refused = MAIL_CONTENT_REFUSED,
     .help = "Whether messages are opened, to tell the destinations that most of them wait for, and why"},
    INSTANCES("postfix", postfix, postfix_fields, MAIL_UNIX_REFUSED, "Postfix instances, besides the detected ones"),
    INSTANCES("spool", spool, spool_fields, NULL, "Plain directories in which each file is a message"),
    INSTANCES("exim", exim, exim_fields, MAIL_UNIX_REFUSED, "Exim instances, besides the detected one"),
    INSTANCES("sendmail", sendmail, queue_directory_fields, MAIL_UNIX_REFUSED,
              "Sendmail instances, besides the detected one"),
    INSTANCES("opensmtpd", opensmtpd, queue_directory_fields, MAIL_UNIX_REFUSED,
              "OpenSMTPD instances, besides the detected one"),
    INSTANCES("exchange", exchange, exchange_fields, NULL, "Exchange servers that write a drop file"),
    {.name = "exchange_counters",
     .type = OPTION_RECORDS,
     .offset = offsetof(struct mail_options, exchange_counters),
     .fields = counter_fields,
     .record_size = sizeof(struct mail_counter_option),
     .refused = MAIL_COUNTERS_REFUSED,
     .help = "Performance counters of this host's Exchange that tell the length of queues, in place of the usual ones"},
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
