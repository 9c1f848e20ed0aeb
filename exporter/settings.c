/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/settings.h"

#include "base/log.h"

static const char later_snmp[] = "SNMP comes with a later version";
static const char later_tls[] = "TLS and users come with a later version";

static const struct option web_options[] = {
    {.name = "listen_addresses",
     .flag = "web.listen-address",
     .type = OPTION_TEXTS,
     .fallback = ":10421",
     .offset = offsetof(struct web_settings, listen_addresses),
     .help = "address to serve HTTP on, repeatable; :0 picks a port, unix:PATH is a Unix socket"},
    {.name = "telemetry_path",
     .flag = "web.telemetry-path",
     .type = OPTION_TEXT,
     .fallback = "/metrics",
     .offset = offsetof(struct web_settings, telemetry_path),
     .help = "path of the metrics"},
    {.name = "config_file",
     .flag = "web.config.file",
     .type = OPTION_TEXT,
     .offset = offsetof(struct web_settings, config_file),
     .refused = later_tls,
     .help = "TLS and users, in the format of Prometheus exporters"},
    {.flag = "web.systemd-socket",
     .type = OPTION_BOOLEAN,
     .offset = offsetof(struct web_settings, systemd_socket),
     .refused = "socket activation comes with a later version",
     .help = "take the listening socket from systemd"},
    OPTION_END,
};
const struct option_section web_section = {"web", web_options, sizeof(struct web_settings)};

static const struct option control_options[] = {
    {.name = "socket",
     .flag = "control.socket",
     .type = OPTION_TEXT,
     .fallback = SETTINGS_CONTROL_SOCKET,
     .offset = offsetof(struct control_settings, socket),
     .help = "Unix socket for local commands; mode 0660"},
    OPTION_END,
};
const struct option_section control_section = {"control", control_options, sizeof(struct control_settings)};

#define SNMP_TEXT(name_, flag_, help_)                                                                                 \
    {                                                                                                                  \
        .name = #name_, .flag = flag_, .type = OPTION_TEXT, .offset = offsetof(struct snmp_settings, name_),           \
        .refused = later_snmp, .help = help_                                                                           \
    }

static const struct option snmp_options[] = {
    {.name = "enabled",
     .flag = "snmp",
     .type = OPTION_BOOLEAN,
     .offset = offsetof(struct snmp_settings, enabled),
     .refused = later_snmp,
     .help = "serve SNMP"},
    SNMP_TEXT(mode, NULL, "agentx or standalone"),
    SNMP_TEXT(agentx_socket, "snmp.agentx-socket", "socket of the AgentX master"),
    SNMP_TEXT(base_oid, NULL, "root of the MIB"),
    SNMP_TEXT(listen, NULL, "address of the standalone SNMP agent"),
    SNMP_TEXT(config_file, NULL, "users, views and trap targets of the standalone SNMP agent"),
    OPTION_END,
};
const struct option_section snmp_section = {"snmp", snmp_options, sizeof(struct snmp_settings)};

static const struct option sample_options[] = {
    {.name = "interval",
     .flag = "sample.interval",
     .type = OPTION_DURATION,
     .fallback = "5s",
     .minimum = 0.1,
     .maximum = 3600,
     .offset = offsetof(struct sample_settings, interval),
     .help = "time between samples"},
    {.name = "max_series",
     .type = OPTION_COUNT,
     .fallback = "1000",
     .minimum = 100,
     .maximum = 1000000,
     .offset = offsetof(struct sample_settings, max_series),
     .help = "most series of all metrics together"},
    OPTION_END,
};
const struct option_section sample_section = {"sample", sample_options, sizeof(struct sample_settings)};

static const struct option findings_options[] = {OPTION_END};
const struct option_section findings_section = {"findings", findings_options, 1};

static const struct option flag_options[] = {
    {.flag = "config.file",
     .type = OPTION_TEXT,
     .offset = offsetof(struct flag_settings, config_file),
     .help = "configuration file (YAML); flags win over it"},
    {.flag = "log.level",
     .type = OPTION_WORD,
     .words = log_level_words,
     .fallback = "info",
     .offset = offsetof(struct flag_settings, log_level),
     .help = "least severe lines to log"},
    {.flag = "log.format",
     .type = OPTION_WORD,
     .words = log_format_words,
     .fallback = "logfmt",
     .offset = offsetof(struct flag_settings, log_format),
     .help = "how log lines look"},
    {.flag = "path.procfs",
     .type = OPTION_TEXT,
     .fallback = "/proc",
     .offset = offsetof(struct flag_settings, procfs),
     .help = "where procfs is mounted"},
    {.flag = "path.sysfs",
     .type = OPTION_TEXT,
     .fallback = "/sys",
     .offset = offsetof(struct flag_settings, sysfs),
     .help = "where sysfs is mounted"},
    {.flag = "path.rootfs",
     .type = OPTION_TEXT,
     .fallback = "/",
     .offset = offsetof(struct flag_settings, rootfs),
     .help = "where the host's root is mounted"},
    OPTION_END,
};
const struct option_section flag_section = {NULL, flag_options, sizeof(struct flag_settings)};
