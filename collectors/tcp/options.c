/* SPDX-License-Identifier: Apache-2.0
 * TCP_NAMES_REFUSED comes from CMakeLists.txt: NULL, or why this build gives no names by command lines. */
#include "collectors/tcp/options.h"

#include <regex.h>
#include <string.h>

#define TCP_PATTERN_MAX 255u

static const char *const events_words[] = {"auto", "off", "on", NULL};
static const char *const netns_words[] = {"own", "all", NULL};

/* Bounds on repetition can make a pattern of a few octets take minutes and gigabytes to compile. */
static bool is_pattern(const char *text)
{
    regex_t pattern;
    if (strlen(text) > TCP_PATTERN_MAX || strchr(text, '{') || regcomp(&pattern, text, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    regfree(&pattern);
    return true;
}

static bool is_name(const char *text)
{
    return *text != '\0';
}

static const struct option name_fields[] = {
    {.name = "match",
     .type = OPTION_TEXT,
     .offset = offsetof(struct tcp_process_name, match),
     .accepts = is_pattern,
     .allowed = "a POSIX extended regular expression of at most 255 octets, without {}",
     .required = true,
     .help = "POSIX extended regular expression, sought in the command line"},
    {.name = "name",
     .type = OPTION_TEXT,
     .offset = offsetof(struct tcp_process_name, name),
     .accepts = is_name,
     .allowed = "a name",
     .required = true,
     .help = "the name to show"},
    OPTION_END,
};

const struct option tcp_options[] = {
    {.name = "events",
     .flag = "collector.tcp.events",
     .type = OPTION_WORD,
     .words = events_words,
     .fallback = "auto",
     .offset = offsetof(struct tcp_options, events),
     .help = "count sockets by kernel events, not by walking; on: tell it as a failed source where that cannot be"},
    {.name = "event_cpu_budget",
     .type = OPTION_REAL,
     .fallback = "0.02",
     .minimum = 0.0001,
     .maximum = 64,
     .offset = offsetof(struct tcp_options, event_cpu_budget),
     .help = "share of one core that events may cost; above it sockets are counted by walking"},
    {.name = "netns",
     .type = OPTION_WORD,
     .words = netns_words,
     .fallback = "own",
     .offset = offsetof(struct tcp_options, netns),
     .help = "network namespaces to watch"},
    {.name = "max_rows",
     .type = OPTION_COUNT,
     .fallback = "200",
     .minimum = 10,
     .maximum = 10000,
     .offset = offsetof(struct tcp_options, max_rows),
     .help = "most rows of sockets by owner and port"},
    {.name = "max_destinations",
     .type = OPTION_COUNT,
     .fallback = "20",
     .minimum = 1,
     .maximum = 1000,
     .offset = offsetof(struct tcp_options, max_destinations),
     .help = "most destinations with a row of port use"},
    {.name = "process_names",
     .type = OPTION_RECORDS,
     .offset = offsetof(struct tcp_options, process_names),
     .fields = name_fields,
     .record_size = sizeof(struct tcp_process_name),
     .refused = TCP_NAMES_REFUSED,
     .help = "names for processes by their command line"},
    {.name = "connect_probe",
     .type = OPTION_TEXT,
     .offset = offsetof(struct tcp_options, connect_probe),
     .refused = "the connect probe comes with a later version",
     .help = "a destination to try a connection to"},
    OPTION_END,
};
