/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log_output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include <windows.h>

#include "base/windows/error.h"
#include "base/windows/log_file.h"
#include "base/windows/wide.h"

#define FILE_MOST ((LONGLONG)10 * 1024 * 1024)

static HANDLE output = INVALID_HANDLE_VALUE; /* not a file of ours: standard error */
static wchar_t file_path_now[MAX_PATH], file_path_old[MAX_PATH];

static int reopen(void)
{
    HANDLE file = CreateFileW(file_path_now, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return error_from_windows(GetLastError());
    output = file;
    return 0;
}

int log_file_open(const char *path)
{
    char old[MAX_PATH];
    if (snprintf(old, sizeof(old), "%s.old", path) >= (int)sizeof(old))
        return -ENAMETOOLONG;
    int error = wide_from_utf8(file_path_now, MAX_PATH, path);
    if (error == 0)
        error = wide_from_utf8(file_path_old, MAX_PATH, old);
    return error < 0 ? error : reopen();
}

static void begin_another(void)
{
    LARGE_INTEGER size;
    if (!GetFileSizeEx(output, &size) || size.QuadPart < FILE_MOST)
        return;
    (void)CloseHandle(output);
    output = INVALID_HANDLE_VALUE;
    (void)MoveFileExW(file_path_now, file_path_old, MOVEFILE_REPLACE_EXISTING);
    (void)reopen();
}

void log_output_write(const char *line, size_t length)
{
    DWORD written;
    HANDLE file = output != INVALID_HANDLE_VALUE ? output : GetStdHandle(STD_ERROR_HANDLE);
    if (file == INVALID_HANDLE_VALUE || !file)
        return;
    (void)WriteFile(file, line, (DWORD)length, &written, NULL);
    if (file == output)
        begin_another();
}
