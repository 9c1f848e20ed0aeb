/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/options.h"

static const char *const events_words[] = {"auto", "off", "on", NULL};
static const char *const netns_words[] = {"own", "all", NULL};

static const struct option name_fields[] = {
    {.name = "match", .type = OPTION_TEXT, .offset = offsetof(struct tcp_process_name, match), .required = true,
     .help = "POSIX extended regular expression, sought in the command line"},
    {.name = "name", .type = OPTION_TEXT, .offset = offsetof(struct tcp_process_name, name), .required = true,
     .help = "the name to show"},
    OPTION_END,
};

const struct option tcp_options[] = {
    {.name = "events", .flag = "collector.tcp.events", .type = OPTION_WORD, .words = events_words, .fallback = "auto",
     .offset = offsetof(struct tcp_options, events),
     .refused = "connection events come with a later version; sockets are counted by walking",
     .help = "count connections by kernel events"},
    {.name = "event_cpu_budget", .type = OPTION_TEXT, .offset = offsetof(struct tcp_options, event_cpu_budget),
     .refused = "connection events come with a later version", .help = "share of one core that events may cost"},
    {.name = "netns", .type = OPTION_WORD, .words = netns_words, .fallback = "own",
     .offset = offsetof(struct tcp_options, netns), .refused = "other network namespaces come with a later version",
     .help = "network namespaces to watch"},
    {.name = "max_rows", .type = OPTION_COUNT, .fallback = "200", .minimum = 10, .maximum = 10000,
     .offset = offsetof(struct tcp_options, max_rows), .help = "most rows of sockets by owner and port"},
    {.name = "max_destinations", .type = OPTION_COUNT, .fallback = "20", .minimum = 1, .maximum = 1000,
     .offset = offsetof(struct tcp_options, max_destinations), .help = "most destinations with a row of port use"},
    {.name = "process_names", .type = OPTION_RECORDS, .offset = offsetof(struct tcp_options, process_names),
     .fields = name_fields, .record_size = sizeof(struct tcp_process_name),
     .help = "names for processes by their command line"},
    {.name = "connect_probe", .type = OPTION_TEXT, .offset = offsetof(struct tcp_options, connect_probe),
     .refused = "the connect probe comes with a later version", .help = "a destination to try a connection to"},
    OPTION_END,
};
