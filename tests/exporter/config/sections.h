/* SPDX-License-Identifier: Apache-2.0
 * Sections with one option of every type, for the tests of flags and YAML. */
#ifndef CHOKEPOINT_TESTS_EXPORTER_CONFIG_SECTIONS_H
#define CHOKEPOINT_TESTS_EXPORTER_CONFIG_SECTIONS_H

#include "base/option.h"

struct web_values {
    struct option_texts addresses;
    const char *path;
    const char *config_file;
    bool socket;
};

struct name_record {
    const char *match;
    const char *name;
    uint64_t weight;
};

struct sample_values {
    int64_t interval;
    uint64_t max_series;
    double budget;
    unsigned mode;
    bool detail;
    const char *label;
    struct option_pairs advice;
    struct option_records names;
    struct option_records later;
};

struct flag_values {
    const char *file;
    bool tcp;
    bool mail;
};

static const char *const mode_words[] = {"auto", "on", "off", NULL};

static const struct option web_options[] = {
    {.name = "listen_addresses",
     .flag = "web.listen-address",
     .type = OPTION_TEXTS,
     .fallback = ":10421",
     .offset = offsetof(struct web_values, addresses),
     .help = "where to listen"},
    {.name = "telemetry_path",
     .flag = "web.telemetry-path",
     .type = OPTION_TEXT,
     .fallback = "/metrics",
     .offset = offsetof(struct web_values, path),
     .help = "path of the metrics"},
    {.name = "config_file",
     .flag = "web.config.file",
     .type = OPTION_TEXT,
     .offset = offsetof(struct web_values, config_file),
     .refused = "TLS and users come with a later version",
     .help = "TLS"},
    {.flag = "web.systemd-socket",
     .type = OPTION_BOOLEAN,
     .offset = offsetof(struct web_values, socket),
     .refused = "socket activation comes with a later version",
     .help = "activation"},
    OPTION_END,
};

static const struct option name_fields[] = {
    {.name = "match",
     .type = OPTION_TEXT,
     .offset = offsetof(struct name_record, match),
     .required = true,
     .help = "what to seek"},
    {.name = "name", .type = OPTION_TEXT, .offset = offsetof(struct name_record, name), .required = true},
    {.name = "weight", .type = OPTION_COUNT, .offset = offsetof(struct name_record, weight), .fallback = "1"},
    OPTION_END,
};

static const struct option sample_options[] = {
    {.name = "interval",
     .flag = "sample.interval",
     .type = OPTION_DURATION,
     .fallback = "5s",
     .minimum = 0.1,
     .maximum = 3600,
     .offset = offsetof(struct sample_values, interval),
     .help = "time between samples"},
    {.name = "max_series",
     .type = OPTION_COUNT,
     .fallback = "1000",
     .minimum = 100,
     .maximum = 1000000,
     .offset = offsetof(struct sample_values, max_series)},
    {.name = "budget",
     .type = OPTION_REAL,
     .fallback = "0.02",
     .maximum = 1,
     .offset = offsetof(struct sample_values, budget)},
    {.name = "mode",
     .flag = "sample.mode",
     .type = OPTION_WORD,
     .words = mode_words,
     .fallback = "auto",
     .offset = offsetof(struct sample_values, mode),
     .help = "how"},
    {.name = "detail", .type = OPTION_BOOLEAN, .offset = offsetof(struct sample_values, detail)},
    {.name = "label", .type = OPTION_TEXT, .offset = offsetof(struct sample_values, label)},
    {.name = "advice", .type = OPTION_PAIRS, .offset = offsetof(struct sample_values, advice)},
    {.name = "names",
     .type = OPTION_RECORDS,
     .fields = name_fields,
     .record_size = sizeof(struct name_record),
     .offset = offsetof(struct sample_values, names)},
    {.name = "later",
     .type = OPTION_RECORDS,
     .fields = name_fields,
     .record_size = sizeof(struct name_record),
     .refused = "this comes with a later version",
     .offset = offsetof(struct sample_values, later)},
    OPTION_END,
};

static const struct option flag_options[] = {
    {.flag = "config.file", .type = OPTION_TEXT, .offset = offsetof(struct flag_values, file), .help = "the file"},
    {.flag = "collector.tcp",
     .type = OPTION_BOOLEAN,
     .fallback = "true",
     .offset = offsetof(struct flag_values, tcp),
     .help = "count sockets"},
    {.flag = "collector.mail",
     .type = OPTION_BOOLEAN,
     .offset = offsetof(struct flag_values, mail),
     .help = "read queues"},
    OPTION_END,
};

static const struct option no_options[] = {OPTION_END};

enum { SECTION_WEB, SECTION_SAMPLE, SECTION_FLAGS, SECTION_FINDINGS, SECTION_COUNT };
static const struct option_section sections[SECTION_COUNT] = {
    {"web", web_options, sizeof(struct web_values)},
    {"sample", sample_options, sizeof(struct sample_values)},
    {NULL, flag_options, sizeof(struct flag_values)},
    {"findings", no_options, 0},
};

#endif
