/* SPDX-License-Identifier: Apache-2.0
 * The control pipe: one client at a time, each for a bounded time, so that nobody who may open it can hold it. It
 * speaks as much HTTP as `chokepoint check` does on every platform: GET, one answer, the end. */
#include "exporter/control.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <sddl.h>

#include "base/clock.h"
#include "base/windows/error.h"
#include "base/windows/pipe.h"
#include "base/windows/wide.h"
#include "exporter/paths.h"

#define REQUEST_MOST ((size_t)4096)
#define PATH_MOST    64
#define EXCHANGE     (10 * CLOCK_SECOND)
#define FOR_EVER     INT64_MAX

/* System, administrators and the owner, which is who made it; nobody else, and nothing inherited. */
static const wchar_t access_list[] = L"D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;OW)";

struct control {
    struct renderer *renderer;
    HANDLE pipe;
    HANDLE stop;
    pthread_t thread;
    bool running;
};

static int open_pipe(const char *path, HANDLE *ret_pipe)
{
    wchar_t name[MAX_PATH];
    SECURITY_ATTRIBUTES security = {.nLength = sizeof(security)};
    int error = wide_from_utf8(name, MAX_PATH, path);
    if (error < 0)
        return error;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(access_list, SDDL_REVISION_1,
                                                              &security.lpSecurityDescriptor, NULL))
        return error_from_windows(GetLastError());
    HANDLE pipe = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                   PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
                                   65536, (DWORD)REQUEST_MOST, 0, &security);
    if (pipe == INVALID_HANDLE_VALUE)
        error = error_from_windows(GetLastError());
    (void)LocalFree(security.lpSecurityDescriptor);
    if (error == 0)
        *ret_pipe = pipe;
    return error;
}

/* Reads the head of the request, and takes the path from its first line. 0, -EPROTO, or what reading returns. */
static int read_request(struct control *control, int64_t end, char path[PATH_MOST])
{
    char request[REQUEST_MOST + 1];
    size_t length = 0, count = 0;
    do {
        int error = pipe_read(control->pipe, control->stop, end, request + length, REQUEST_MOST - length, &count);
        if (error < 0)
            return error;
        length += count;
        request[length] = '\0';
    } while (count > 0 && length < REQUEST_MOST && !strstr(request, "\r\n\r\n"));
    static const char method[] = "GET ";
    const char *start = request + strlen(method);
    if (strncmp(request, method, strlen(method)) != 0)
        return -EPROTO;
    size_t size = strcspn(start, " \r\n");
    if (size >= PATH_MOST)
        return -EPROTO;
    memcpy(path, start, size);
    path[size] = '\0';
    return 0;
}

static void write_head(struct text *head, const char *status, size_t length)
{
    text_format(head, "HTTP/1.0 %s\r\nContent-Length: %zu\r\n\r\n", status, length);
}

static int write_answer(struct control *control, int64_t end, const char *path)
{
    const struct rendering *rendering = NULL;
    struct text head = TEXT_EMPTY;
    enum format format;
    int error = paths_find(path, &format) ? renderer_get(control->renderer, format, false, &rendering) : -ENOENT;
    write_head(&head,
               error == 0         ? "200 OK"
               : error == -ENOENT ? "404 Not Found"
                                  : "503 Service Unavailable",
               rendering ? rendering->length : 0);
    error = head.error ? head.error : pipe_write(control->pipe, control->stop, end, head.data, head.length);
    if (error == 0 && rendering)
        error = pipe_write(control->pipe, control->stop, end, rendering->bytes, rendering->length);
    rendering_release(rendering);
    text_free(&head);
    return error;
}

/* To disconnect loses what the client has not read: it is the client who closes, when it has all. */
static void serve_client(struct control *control)
{
    int64_t end = clock_monotonic() + EXCHANGE;
    char path[PATH_MOST], rest[64];
    size_t count;
    int error = read_request(control, end, path);
    if (error == 0)
        error = write_answer(control, end, path);
    while (error == 0 && (error = pipe_read(control->pipe, control->stop, end, rest, sizeof(rest), &count)) == 0)
        if (count == 0)
            break;
    (void)DisconnectNamedPipe(control->pipe);
}

/* Waits for a client. 0, -ECANCELED when the agent stops, or negative errno. */
static int accept_client(struct control *control)
{
    OVERLAPPED operation = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    size_t count;
    int error = 0;
    if (!operation.hEvent)
        return -ENOMEM;
    if (!ConnectNamedPipe(control->pipe, &operation) && GetLastError() == ERROR_IO_PENDING)
        error = pipe_finish(control->pipe, &operation, control->stop, FOR_EVER, &count);
    else if (GetLastError() != ERROR_PIPE_CONNECTED)
        error = error_from_windows(GetLastError());
    (void)CloseHandle(operation.hEvent);
    return error;
}

static void *run(void *context)
{
    struct control *control = context;
    while (WaitForSingleObject(control->stop, 0) != WAIT_OBJECT_0) {
        int error = accept_client(control);
        if (error == 0)
            serve_client(control);
        else if (error != -ECANCELED) {
            (void)DisconnectNamedPipe(control->pipe);
            Sleep(100); /* a pipe that fails for good must not spin */
        }
    }
    return NULL;
}

static int start(struct control *control, const char *path)
{
    int error = open_pipe(path, &control->pipe);
    if (error < 0)
        return error;
    control->stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!control->stop)
        return -ENOMEM;
    error = -pthread_create(&control->thread, NULL, run, control);
    control->running = error == 0;
    return error;
}

int control_start(const char *path, bool optional, struct renderer *renderer, struct http_settings *http,
                  struct control **ret_control, struct text *why)
{
    (void)http;
    *ret_control = NULL;
    if (!path[0])
        return 0;
    struct control *control = calloc(1, sizeof(*control));
    if (!control)
        return -ENOMEM;
    control->renderer = renderer;
    control->pipe = INVALID_HANDLE_VALUE;
    int error = start(control, path);
    if (error == 0) {
        *ret_control = control;
        return 0;
    }
    control_stop(control);
    text_format(why, "%s: %s%s", path, strerrordesc_np(-error),
                error == -EACCES || error == -EBUSY ? "; another chokepoint answers there" : "");
    return optional ? 0 : error;
}

void control_stop(struct control *control)
{
    if (!control)
        return;
    if (control->running) {
        (void)SetEvent(control->stop);
        (void)pthread_join(control->thread, NULL);
    }
    if (control->stop)
        (void)CloseHandle(control->stop);
    if (control->pipe != INVALID_HANDLE_VALUE)
        (void)CloseHandle(control->pipe);
    free(control);
}
