/* SPDX-License-Identifier: Apache-2.0 */
#include "base/windows/pipe.h"

#include <errno.h>

#include "base/clock.h"
#include "base/windows/error.h"

#define CHUNK ((size_t)65536)

/* Milliseconds until then, as WaitForMultipleObjects() takes them. */
static DWORD left_until(int64_t end)
{
    int64_t left = (end - clock_monotonic()) / CLOCK_MILLISECOND;
    return left <= 0 ? 0 : left >= INFINITE ? INFINITE - 1 : (DWORD)left;
}

/* A cancelled operation may still complete: the buffer is its until GetOverlappedResult() returns. */
static int cancel(HANDLE handle, OVERLAPPED *operation, int error)
{
    DWORD count;
    (void)CancelIoEx(handle, operation);
    (void)GetOverlappedResult(handle, operation, &count, TRUE);
    return error;
}

int pipe_finish(HANDLE handle, OVERLAPPED *operation, HANDLE stop, int64_t end, size_t *ret_count)
{
    const HANDLE events[] = {operation->hEvent, stop};
    DWORD count, answer = WaitForMultipleObjects(stop ? 2 : 1, events, FALSE, left_until(end));
    if (answer != WAIT_OBJECT_0)
        return cancel(handle, operation, answer == WAIT_OBJECT_0 + 1 ? -ECANCELED : -ETIMEDOUT);
    if (!GetOverlappedResult(handle, operation, &count, FALSE))
        return error_from_windows(GetLastError());
    *ret_count = count;
    return 0;
}

int pipe_read(HANDLE handle, HANDLE stop, int64_t end, void *buffer, size_t size, size_t *ret_count)
{
    OVERLAPPED operation = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    int error = 0;
    if (!operation.hEvent)
        return -ENOMEM;
    if (!ReadFile(handle, buffer, (DWORD)(size < CHUNK ? size : CHUNK), NULL, &operation) &&
        GetLastError() != ERROR_IO_PENDING)
        error = error_from_windows(GetLastError());
    else
        error = pipe_finish(handle, &operation, stop, end, ret_count);
    (void)CloseHandle(operation.hEvent);
    if (error != -EPIPE)
        return error;
    *ret_count = 0;
    return 0;
}

static int write_chunk(HANDLE handle, HANDLE stop, int64_t end, const void *bytes, size_t size, size_t *ret_count)
{
    OVERLAPPED operation = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    int error;
    if (!operation.hEvent)
        return -ENOMEM;
    if (!WriteFile(handle, bytes, (DWORD)(size < CHUNK ? size : CHUNK), NULL, &operation) &&
        GetLastError() != ERROR_IO_PENDING)
        error = error_from_windows(GetLastError());
    else
        error = pipe_finish(handle, &operation, stop, end, ret_count);
    (void)CloseHandle(operation.hEvent);
    return error;
}

int pipe_write(HANDLE handle, HANDLE stop, int64_t end, const void *bytes, size_t size)
{
    size_t count = 0;
    for (size_t written = 0; written < size; written += count) {
        int error = write_chunk(handle, stop, end, (const char *)bytes + written, size - written, &count);
        if (error < 0)
            return error;
    }
    return 0;
}
