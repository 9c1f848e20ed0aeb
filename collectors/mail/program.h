/* SPDX-License-Identifier: Apache-2.0
 * Runs a mail server's own tool to learn its configuration, in the background: a sample waits for it only a little, and
 * looks again the next time. Time and output are bounded; the tool reads nothing and its errors go nowhere. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_PROGRAM_H
#define CHOKEPOINT_COLLECTORS_MAIL_PROGRAM_H

#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/text.h"

#define PROGRAM_TIME_MAX   (10 * CLOCK_SECOND)
#define PROGRAM_WAIT_MAX   (CLOCK_SECOND / 2) /* in one sample */
#define PROGRAM_OUTPUT_MAX 1048576u

/* Start with PROGRAM_EMPTY. output holds what it wrote, once it has finished. */
struct program {
    pid_t pid; /* 0: none runs */
    int fd;
    int64_t started; /* CLOCK_MONOTONIC */
    struct text output;
};

#define PROGRAM_EMPTY ((struct program){.fd = -1})

/* Starts the program arguments[0], an absolute path, with a small environment. Stops one that still runs. 0 or negative
 * errno. */
int program_start(struct program *program, const char *const arguments[]);

/* Waits for it, at most PROGRAM_WAIT_MAX or until deadline (CLOCK_MONOTONIC). 0: it ended well; -EAGAIN: it runs on;
 * -ETIME: it was killed after PROGRAM_TIME_MAX; -E2BIG: it was killed for its output; -EIO: it ended with another
 * status than 0; -ENOMEM. */
int program_wait(struct program *program, int64_t deadline);

/* Kills it if it runs, and gives everything back. */
void program_stop(struct program *program);

#endif
