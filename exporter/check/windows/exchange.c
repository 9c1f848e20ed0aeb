/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/check/exchange.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/windows/error.h"
#include "base/windows/pipe.h"
#include "base/windows/wide.h"

#define READ_BYTES  16384u
#define PATIENCE_MS 20

/* The server lets in one after the other: while it is busy, this waits for it. */
static int open_pipe(const char *path, int64_t end, HANDLE *ret_pipe)
{
    wchar_t name[MAX_PATH];
    int error = wide_from_utf8(name, MAX_PATH, path);
    while (error == 0) {
        /* The server may learn who we are and not act as us. */
        HANDLE pipe = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                                  FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
        if (pipe != INVALID_HANDLE_VALUE) {
            *ret_pipe = pipe;
            return 0;
        }
        error = error_from_windows(GetLastError());
        if (error == -EBUSY && clock_monotonic() < end) {
            Sleep(PATIENCE_MS);
            error = 0;
        }
    }
    return error;
}

/* Whether all that the header announces is there. The server waits for us to close: there is no end to read. */
static bool is_whole(const struct text *answer)
{
    static const char key[] = "\r\nContent-Length: ", blank[] = "\r\n\r\n";
    const char *text = text_value(answer), *end = strstr(text, blank), *length = strstr(text, key);
    if (!end || !length || length > end)
        return false;
    return answer->length >= (size_t)(end + strlen(blank) - text) + strtoull(length + strlen(key), NULL, 10);
}

static int receive(HANDLE pipe, int64_t end, struct text *answer)
{
    char buffer[READ_BYTES];
    size_t count;
    do {
        int error = pipe_read(pipe, NULL, end, buffer, sizeof(buffer), &count);
        if (error < 0)
            return error;
        text_append(answer, buffer, count);
        if (answer->error || answer->length > EXCHANGE_BYTES_MOST)
            return answer->error ? answer->error : -EFBIG;
    } while (count > 0 && !is_whole(answer));
    return 0;
}

int exchange(const char *path, const struct text *request, int64_t end, struct text *answer)
{
    HANDLE pipe;
    int error = open_pipe(path, end, &pipe);
    if (error < 0)
        return error;
    error = pipe_write(pipe, NULL, end, request->data, request->length);
    if (error == 0)
        error = receive(pipe, end, answer);
    (void)CloseHandle(pipe);
    return error;
}
