/* SPDX-License-Identifier: Apache-2.0
 * The agent's own options: every section of the configuration that is not a collector's. */
#ifndef CHOKEPOINT_EXPORTER_SETTINGS_H
#define CHOKEPOINT_EXPORTER_SETTINGS_H

#include "base/option.h"

struct web_settings {
    struct option_texts listen_addresses;
    const char *telemetry_path;
    const char *config_file;
    bool systemd_socket;
};

struct control_settings {
    const char *socket;
};

struct snmp_settings {
    bool enabled;
    const char *mode;
    const char *agentx_socket;
    const char *base_oid;
    const char *listen;
    const char *config_file;
};

struct sample_settings {
    int64_t interval;
    uint64_t max_series;
};

/* Flags without a place in the YAML file. */
struct flag_settings {
    const char *config_file;
    unsigned log_level;
    unsigned log_format;
    const char *procfs;
    const char *sysfs;
    const char *rootfs;
};

extern const struct option_section web_section;
extern const struct option_section control_section;
extern const struct option_section snmp_section;
extern const struct option_section sample_section;
extern const struct option_section findings_section;
extern const struct option_section flag_section;

/* What the agent listens on by default. */
#define SETTINGS_CONTROL_SOCKET "/run/chokepoint/chokepoint.sock"

#endif
