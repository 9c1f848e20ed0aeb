/* SPDX-License-Identifier: Apache-2.0
 * TCP_NAMES_REFUSED and its like come from CMakeLists.txt: NULL, or why this build has no such thing. */
#include "collectors/tcp/options.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "base/parse.h"

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

int tcp_target_parse(const char *text, struct address *ret_address, uint16_t *ret_port)
{
    char host[ADDRESS_TEXT + 2];
    struct address address;
    uint64_t port;
    const char *colon = strrchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : 0;
    if (length == 0 || length >= sizeof(host) || parse_unsigned(colon + 1, &port) < 0 || port == 0 || port > 65535)
        return -EINVAL;
    memcpy(host, text, length);
    host[length] = '\0';
    bool opened = host[0] == '[', closed = host[length - 1] == ']';
    if (opened != closed || (strchr(host, ':') && !opened) || address_parse(host, &address) < 0)
        return -EINVAL; /* without brackets the last part of an address would be taken for a port */
    *ret_address = address;
    *ret_port = (uint16_t)port;
    return 0;
}

static bool is_target(const char *text)
{
    struct address address;
    uint16_t port;
    return tcp_target_parse(text, &address, &port) == 0;
}

/* A name would have to be looked up, and that can take long: addresses only. */
static const struct option probe_fields[] = {
    {.name = "target",
     .type = OPTION_TEXT,
     .offset = offsetof(struct tcp_probe_options, target),
     .accepts = is_target,
     .allowed = "ADDRESS:PORT or [IPV6-ADDRESS]:PORT, not a name",
     .help = "where to"},
    {.name = "interval",
     .type = OPTION_DURATION,
     .fallback = "60s",
     .minimum = 60,
     .maximum = 86400,
     .offset = offsetof(struct tcp_probe_options, interval),
     .help = "time between two connections"},
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
     .refused = TCP_BUDGET_REFUSED,
     .help = "share of one core that events may cost; above it sockets are counted by walking"},
    {.name = "netns",
     .type = OPTION_WORD,
     .words = netns_words,
     .fallback = "own",
     .offset = offsetof(struct tcp_options, netns),
     .refused = TCP_NETNS_REFUSED,
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
     .type = OPTION_GROUP,
     .offset = offsetof(struct tcp_options, connect_probe),
     .refused = TCP_PROBE_REFUSED,
     .fields = probe_fields,
     .record_size = sizeof(struct tcp_probe_options),
     .help = "tries now and then whether a connection can be opened"},
    OPTION_END,
};
