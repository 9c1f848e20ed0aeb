/* SPDX-License-Identifier: Apache-2.0
 * What /proc/PID/stat (proc(5)) tells of a mail server's process. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_PROCESS_H
#define CHOKEPOINT_COLLECTORS_MAIL_PROCESS_H

#include <stdint.h>

#include "base/clock.h"

/* How coarse process_status.started is: the kernel tells the boot time in whole seconds. */
#define PROCESS_STARTED_ERROR (2 * CLOCK_SECOND)

/* stack: where its stack begins, another place after each execve(2); 0 for those who may not know. */
struct process_status {
    char name[64];
    int64_t started; /* nanoseconds since 1970 */
    uint64_t stack;
};

/* 0; -ENOENT for a process that is not there; -EINVAL for a file that is none; else negative errno. */
int process_look(const char *procfs, uint64_t pid, struct process_status *ret_status);

/* The process id in a pid file. 0, or negative errno; *ret_written is when the file was last written, nanoseconds since
 * 1970. */
int process_pid_file(const char *path, uint64_t *ret_pid, int64_t *ret_written);

#endif
