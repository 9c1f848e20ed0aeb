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

/* AgentX: a subagent of the host's snmpd. Standalone: an SNMP agent of its own. */
enum snmp_mode { SNMP_MODE_AGENTX, SNMP_MODE_STANDALONE };

struct snmp_settings {
    bool enabled;
    unsigned mode; /* enum snmp_mode */
    const char *agentx_socket;
    const char *base_oid;
    const char *listen;
    const char *config_file;
    const char *state_directory;
    unsigned notifications; /* least severity, by one more; 0: off */
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
extern const struct option_section flag_section;

/* Whether the options of SNMP fit together. 0, or -EINVAL with *why. */
int settings_check_snmp(const struct snmp_settings *snmp, struct text *why);

/* Where local commands reach the agent by default. */
extern const char settings_control_socket[];

/* The root of CHOKEPOINT-MIB: netSnmpPlaypen 421. The one place in the code; the MIB is the other. */
#define SETTINGS_BASE_OID "1.3.6.1.4.1.8072.9999.9999.421"

#endif
