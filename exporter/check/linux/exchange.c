/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/check/exchange.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

#define READ_BYTES 16384u

/* Waits until the socket is ready for this, at most until the monotonic time end. 0, -ETIMEDOUT or negative errno. */
static int wait_for(int fd, short events, int64_t end)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    int64_t left = (end - clock_monotonic() + CLOCK_MILLISECOND - 1) / CLOCK_MILLISECOND; /* not a moment too early */
    if (left <= 0)
        return -ETIMEDOUT;
    int ready = poll(&poll_fd, 1, (int)left);
    if (ready < 0)
        return errno == EINTR ? 0 : -errno;
    return ready == 0 ? -ETIMEDOUT : 0;
}

static int connect_to(int fd, const char *socket_path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(socket_path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
    return connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
}

static int send_all(int fd, const struct text *request, int64_t end)
{
    for (size_t sent = 0; sent < request->length;) {
        ssize_t count = send(fd, request->data + sent, request->length - sent, MSG_NOSIGNAL);
        if (count >= 0)
            sent += (size_t)count;
        else if (errno != EAGAIN && errno != EINTR)
            return -errno;
        else {
            int error = wait_for(fd, POLLOUT, end);
            if (error < 0)
                return error;
        }
    }
    return 0;
}

/* Reads until the other side closes. */
static int receive_all(int fd, int64_t end, struct text *answer)
{
    char buffer[READ_BYTES];
    for (;;) {
        ssize_t count = recv(fd, buffer, sizeof(buffer), 0);
        if (count == 0)
            return 0;
        if (count > 0) {
            text_append(answer, buffer, (size_t)count);
            if (answer->error || answer->length > EXCHANGE_BYTES_MOST)
                return answer->error ? answer->error : -EFBIG;
            continue;
        }
        int error = errno == EAGAIN || errno == EINTR ? wait_for(fd, POLLIN, end) : -errno;
        if (error < 0)
            return error;
    }
}

int exchange(const char *path, const struct text *request, int64_t end, struct text *answer)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int error = connect_to(fd, path);
    if (error == 0)
        error = send_all(fd, request, end);
    if (error == 0)
        error = receive_all(fd, end, answer);
    (void)close(fd);
    return error;
}
