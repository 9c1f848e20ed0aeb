/* SPDX-License-Identifier: Apache-2.0
 * The log of a service, which has no standard error: a file that is bounded. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LOG_FILE_H
#define CHOKEPOINT_BASE_WINDOWS_LOG_FILE_H

/* From now on log lines go to this file, appended. At 10 MiB it becomes PATH.old, and a new one begins. Others may read
 * it meanwhile. 0 or negative errno. Before other threads log. */
int log_file_open(const char *path);

#endif
