/* SPDX-License-Identifier: Apache-2.0
 * Between main(), which each platform has of its own, and the program. */
#ifndef CHOKEPOINT_EXPORTER_ENTRY_H
#define CHOKEPOINT_EXPORTER_ENTRY_H

/* Runs the command that the arguments name; returns the exit status. */
int entry_run(int argc, char **argv);

#endif
