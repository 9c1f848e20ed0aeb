/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/settings.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "exporter/http/address.h"
#include "exporter/paths.h"
#include "exporter/snmp/object_id.h"
#include "exporter/settings_place.h"
#include "settings_platform.h"

static const char later_tls[] = "TLS and users come with a later version";

static bool is_telemetry_path(const char *path)
{
    return path[0] == '/' && !strpbrk(path, "?# ") && paths_is_free(path);
}

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static const struct option web_options[] = {
    {.name = "listen_addresses",
     .flag = "web.listen-address",
     .type = OPTION_TEXTS,
     .fallback = ":10421",
     .offset = offsetof(struct web_settings, listen_addresses),
     .accepts = http_address_is_valid,
     .allowed = HTTP_ADDRESS_ALLOWED,
     .help = "address to serve HTTP on, repeatable; :0 picks a port, unix:PATH is a Unix socket"},
    {.name = "telemetry_path",
     .flag = "web.telemetry-path",
     .type = OPTION_TEXT,
     .fallback = "/metrics",
     .offset = offsetof(struct web_settings, telemetry_path),
     .accepts = is_telemetry_path,
     .allowed = "a path that begins with / and is not one that serves something else",
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

const char settings_control_socket[] = SETTINGS_CONTROL;

static const struct option control_options[] = {
    {.name = "socket",
     .flag = "control.socket",
     .type = OPTION_TEXT,
     .fallback = SETTINGS_CONTROL,
     .offset = offsetof(struct control_settings, socket),
     .accepts = settings_is_control,
     .allowed = SETTINGS_CONTROL_ALLOWED,
     .help = SETTINGS_CONTROL_HELP},
    OPTION_END,
};
const struct option_section control_section = {"control", control_options, sizeof(struct control_settings)};

static const char *const snmp_mode_words[] = {"agentx", "standalone", NULL};

/* By one more than the severities. */
static const char *const notification_words[] = {"off", "info", "warning", "critical", NULL};

static bool is_udp_address(const char *address)
{
    return (strncmp(address, "udp:", 4) == 0 && address[4]) || (strncmp(address, "udp6:", 5) == 0 && address[5]);
}

static const struct option snmp_options[] = {
    {.name = "enabled",
     .flag = "snmp",
     .type = OPTION_BOOLEAN,
     .fallback = SETTINGS_SNMP,
     .offset = offsetof(struct snmp_settings, enabled),
     .help = "serve SNMP"},
    {.name = "mode",
     .type = OPTION_WORD,
     .words = snmp_mode_words,
     .fallback = "agentx",
     .offset = offsetof(struct snmp_settings, mode),
     .help = "subagent of the host's snmpd, or an agent of its own"},
    {.name = "agentx_socket",
     .flag = "snmp.agentx-socket",
     .type = OPTION_TEXT,
     .fallback = SETTINGS_AGENTX,
     .offset = offsetof(struct snmp_settings, agentx_socket),
     .accepts = settings_is_agentx,
     .allowed = SETTINGS_AGENTX_ALLOWED,
     .help = SETTINGS_AGENTX_HELP},
    {.name = "base_oid",
     .type = OPTION_TEXT,
     .fallback = SETTINGS_BASE_OID,
     .offset = offsetof(struct snmp_settings, base_oid),
     .accepts = object_id_is_root,
     .allowed = "an object identifier of at most 10 numbers, such as 1.3.6.1.4.1.64512.421",
     .help = "root of the MIB"},
    {.name = "listen",
     .type = OPTION_TEXT,
     .fallback = "udp:127.0.0.1:161",
     .offset = offsetof(struct snmp_settings, listen),
     .accepts = is_udp_address,
     .allowed = "udp:ADDRESS:PORT or udp6:[ADDRESS]:PORT",
     .help = "standalone: address of the SNMP agent"},
    {.name = "config_file",
     .type = OPTION_TEXT,
     .offset = offsetof(struct snmp_settings, config_file),
     .accepts = settings_is_absolute_path,
     .allowed = "an absolute path",
     .help = "standalone: users, communities and views, in the language of snmpd.conf"},
    {.name = "state_directory",
     .type = OPTION_TEXT,
     .fallback = SETTINGS_STATE_DIRECTORY,
     .offset = offsetof(struct snmp_settings, state_directory),
     .accepts = settings_is_absolute_path,
     .allowed = "an absolute path",
     .help = "standalone: where engine boots and localised keys are kept"},
    {.name = "notifications",
     .type = OPTION_WORD,
     .words = notification_words,
     .fallback = "warning",
     .offset = offsetof(struct snmp_settings, notifications),
     .help = "least severity of findings that are notified when they are raised and cleared"},
    OPTION_END,
};
const struct option_section snmp_section = {"snmp", snmp_options, sizeof(struct snmp_settings)};

int settings_check_snmp(const struct snmp_settings *snmp, struct text *why)
{
    if (!snmp->enabled || snmp->mode != SNMP_MODE_STANDALONE || snmp->config_file)
        return 0;
    text_string(why, "snmp.mode standalone wants snmp.config_file: without users, communities and views nobody could "
                     "read anything\n");
    return why->error ? why->error : -EINVAL;
}

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
     .accepts = is_directory,
     .allowed = "a directory",
     .refused = SETTINGS_KERNEL_REFUSED,
     .help = "where procfs is mounted"},
    {.flag = "path.sysfs",
     .type = OPTION_TEXT,
     .fallback = "/sys",
     .offset = offsetof(struct flag_settings, sysfs),
     .accepts = is_directory,
     .allowed = "a directory",
     .refused = SETTINGS_KERNEL_REFUSED,
     .help = "where sysfs is mounted"},
    {.flag = "path.rootfs",
     .type = OPTION_TEXT,
     .fallback = "/",
     .offset = offsetof(struct flag_settings, rootfs),
     .accepts = is_directory,
     .allowed = "a directory",
     .help = "where the host's root is mounted"},
    OPTION_END,
};
const struct option_section flag_section = {NULL, flag_options, sizeof(struct flag_settings)};
