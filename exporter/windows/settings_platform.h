/* SPDX-License-Identifier: Apache-2.0
 * The defaults that differ between platforms, and their words; the other folder has the same names. */
#ifndef CHOKEPOINT_EXPORTER_WINDOWS_SETTINGS_PLATFORM_H
#define CHOKEPOINT_EXPORTER_WINDOWS_SETTINGS_PLATFORM_H

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
#define SETTINGS_KERNEL_REFUSED  "there is no such file system on Windows"

#endif
