/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log_output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#define PATIENCE_MS 100

/* Whether standard error takes a line soon. A terminal that is stopped or a pipe that nobody empties must not stop the
 * agent: it drops the line. A pipe that says it is writable takes PIPE_BUF octets at once. pipe(7), poll(2). */
static bool is_writable(void)
{
    struct pollfd error = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&error, 1, PATIENCE_MS) != 0;
}

void log_output_write(const char *line, size_t length)
{
    size_t written = 0;
    while (written < length && is_writable()) {
        size_t left = length - written;
        ssize_t count = write(STDERR_FILENO, line + written, left < PIPE_BUF ? left : PIPE_BUF);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        written += (size_t)count;
    }
}
