/* SPDX-License-Identifier: Apache-2.0
 * The defaults that differ between platforms, and their words; the other folder has the same names. */
#ifndef CHOKEPOINT_EXPORTER_LINUX_SETTINGS_PLATFORM_H
#define CHOKEPOINT_EXPORTER_LINUX_SETTINGS_PLATFORM_H

#define SETTINGS_CONTROL         "/run/chokepoint/chokepoint.sock"
#define SETTINGS_CONTROL_ALLOWED "a path of at most 107 octets; empty for none"
#define SETTINGS_CONTROL_HELP    "Unix socket for local commands; mode 0660"
#define SETTINGS_SNMP            "true"
#define SETTINGS_AGENTX          "/var/agentx/master"
#define SETTINGS_AGENTX_ALLOWED  "the absolute path of a Unix socket"
#define SETTINGS_AGENTX_HELP     "Unix socket of the AgentX master (snmpd)"
#define SETTINGS_STATE_DIRECTORY "/var/lib/chokepoint"
#define SETTINGS_KERNEL_REFUSED  NULL

#endif
