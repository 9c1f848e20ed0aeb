/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/check/client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

#define BODY_MOST  ((size_t)8 * 1024 * 1024)
#define READ_BYTES 16384u

/* Waits until the socket is ready for this, at most until the monotonic time end. 0, -ETIMEDOUT or negative errno. */
static int wait_for(int fd, short events, int64_t end)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    int64_t left = (end - clock_monotonic()) / CLOCK_MILLISECOND;
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
            if (answer->error || answer->length > BODY_MOST)
                return answer->error ? answer->error : -EFBIG;
            continue;
        }
        int error = errno == EAGAIN || errno == EINTR ? wait_for(fd, POLLIN, end) : -errno;
        if (error < 0)
            return error;
    }
}

static int exchange(int fd, const char *path, int64_t end, struct text *answer)
{
    struct text request = TEXT_EMPTY;
    text_format(&request, "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", path);
    int error = request.error ? request.error : send_all(fd, &request, end);
    if (error == 0)
        error = receive_all(fd, end, answer);
    text_free(&request);
    return error;
}

/* Appends what follows the headers of a 200. RFC 9112, sections 2 to 4. */
static int take_body(const struct text *answer, struct text *body)
{
    static const char version[] = "HTTP/1.", blank[] = "\r\n\r\n";
    const char *text = text_value(answer);
    const char *status = strchr(text, ' '), *end = strstr(text, blank);
    if (strncmp(text, version, strlen(version)) != 0 || !status || !end || strncmp(status, " 200", 4) != 0)
        return -EPROTO;
    const char *start = end + strlen(blank);
    text_append(body, start, answer->length - (size_t)(start - text));
    return body->error;
}

int client_get(const char *socket_path, const char *path, int64_t limit, struct text *body)
{
    struct text answer = TEXT_EMPTY;
    int64_t end = clock_monotonic() + limit;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int error = connect_to(fd, socket_path);
    if (error == 0)
        error = exchange(fd, path, end, &answer);
    if (error == 0)
        error = take_body(&answer, body);
    text_free(&answer);
    (void)close(fd);
    return error;
}
