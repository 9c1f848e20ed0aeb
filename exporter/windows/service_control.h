/* SPDX-License-Identifier: Apache-2.0
 * `chokepoint service install|start|stop|remove`. */
#ifndef CHOKEPOINT_EXPORTER_WINDOWS_SERVICE_CONTROL_H
#define CHOKEPOINT_EXPORTER_WINDOWS_SERVICE_CONTROL_H

/* Runs the command after `service`, argv[0], with what follows it: flags of the agent for install, nothing for the
 * others. Says what it did or what failed; returns the exit status, 2 for wrong usage. */
int service_control(int argc, char **argv);

#endif
