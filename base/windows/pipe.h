/* SPDX-License-Identifier: Apache-2.0
 * Reading and writing a named pipe that was opened with FILE_FLAG_OVERLAPPED, within a time. */
#ifndef CHOKEPOINT_BASE_WINDOWS_PIPE_H
#define CHOKEPOINT_BASE_WINDOWS_PIPE_H

#include <stddef.h>
#include <stdint.h>

#include <windows.h>

/* Waits for an operation on the handle that was begun with *operation, until clock_monotonic() reaches `end` or the
 * event `stop` (NULL: none) is set; then it is cancelled. 0, -ETIMEDOUT, -ECANCELED or negative errno. */
int pipe_finish(HANDLE handle, OVERLAPPED *operation, HANDLE stop, int64_t end, size_t *ret_count);

/* Reads at most size octets; *ret_count is 0 where the other side has closed. 0 or as pipe_finish(). */
int pipe_read(HANDLE handle, HANDLE stop, int64_t end, void *buffer, size_t size, size_t *ret_count);

/* Writes it all. 0, -EPIPE or as pipe_finish(). */
int pipe_write(HANDLE handle, HANDLE stop, int64_t end, const void *bytes, size_t size);

#endif
