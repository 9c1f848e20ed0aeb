/* SPDX-License-Identifier: Apache-2.0
 * The settings that differ between platforms; the other folder has the same names. */
#ifndef CHOKEPOINT_EXPORTER_LINUX_SETTINGS_PLATFORM_H
#define CHOKEPOINT_EXPORTER_LINUX_SETTINGS_PLATFORM_H

#include <stdbool.h>

#define SETTINGS_CONTROL         "/run/chokepoint/chokepoint.sock"
#define SETTINGS_CONTROL_ALLOWED "a path of at most 107 octets; empty for none"
#define SETTINGS_CONTROL_HELP    "Unix socket for local commands; mode 0660"
#define SETTINGS_SNMP            "true"
#define SETTINGS_AGENTX          "/var/agentx/master"
#define SETTINGS_AGENTX_ALLOWED  "the absolute path of a Unix socket"
#define SETTINGS_AGENTX_HELP     "Unix socket of the AgentX master (snmpd)"
#define SETTINGS_STATE_DIRECTORY "/var/lib/chokepoint"

/* Whether local commands can be reached there; empty is nowhere. */
bool settings_is_control(const char *path);

/* Whether an AgentX master can be there. AgentX knows no authentication: whoever answers is the master. */
bool settings_is_agentx(const char *address);

/* Whether the path depends on no working directory. */
bool settings_is_absolute_path(const char *path);

#endif
