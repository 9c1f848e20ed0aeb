/* SPDX-License-Identifier: Apache-2.0
 * The processes of the host and the services that run in them. A seam: tests link tests/fakes/process_list.c. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_WINDOWS_PROCESS_LIST_H
#define CHOKEPOINT_COLLECTORS_TCP_WINDOWS_PROCESS_LIST_H

#include <stdint.h>

/* Gets one process and a name in UTF-8 that lives only for the call. */
typedef void (*process_list_visit)(void *context, uint32_t pid, const char *name);

/* Visits every process with the file name of its program, "relay.exe"; needs no rights (Toolhelp). 0 or negative errno.
 */
int process_list_programs(process_list_visit visit, void *context);

/* Visits every running service with its key name; one process may hold several (EnumServicesStatusEx). 0 or negative
 * errno. */
int process_list_services(process_list_visit visit, void *context);

#endif
