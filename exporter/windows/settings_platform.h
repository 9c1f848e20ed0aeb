/* SPDX-License-Identifier: Apache-2.0
 * The settings that differ between platforms; the other folder has the same names. */
#ifndef CHOKEPOINT_EXPORTER_WINDOWS_SETTINGS_PLATFORM_H
#define CHOKEPOINT_EXPORTER_WINDOWS_SETTINGS_PLATFORM_H

#include <stdbool.h>

/* SNMP is off until it is configured: Windows brings no AgentX master. */
#define SETTINGS_CONTROL         "\\\\.\\pipe\\chokepoint"
#define SETTINGS_CONTROL_PREFIX  "\\\\.\\pipe\\"
#define SETTINGS_CONTROL_ALLOWED "\\\\.\\pipe\\NAME; empty for none"
#define SETTINGS_CONTROL_HELP    "named pipe for local commands, for administrators and the agent's own user"
#define SETTINGS_SNMP            "false"
#define SETTINGS_AGENTX          "tcp:127.0.0.1:705"
#define SETTINGS_AGENTX_ALLOWED  "tcp:127.0.0.1:PORT or tcp6:[::1]:PORT: AgentX knows no authentication"
#define SETTINGS_AGENTX_HELP     "loopback address of the AgentX master (net-snmp's snmpd)"
#define SETTINGS_STATE_DIRECTORY "C:\\ProgramData\\chokepoint"

/* Whether local commands can be reached there; empty is nowhere. */
bool settings_is_control(const char *path);

/* Whether an AgentX master can be there. AgentX knows no authentication: whoever answers is the master. */
bool settings_is_agentx(const char *address);

/* Whether the path depends on no working directory. */
bool settings_is_absolute_path(const char *path);

#endif
