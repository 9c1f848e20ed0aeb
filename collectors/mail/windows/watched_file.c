/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/watched_file.h"

#include <windows.h>

#include "base/windows/error.h"
#include "base/windows/wide.h"

#define PATH_UNITS 4096u

/* A FILETIME counts tenths of microseconds since 1601. */
#define EPOCH            INT64_C(116444736000000000)
#define TICKS_PER_SECOND INT64_C(10000000)

static struct timespec moment(FILETIME time)
{
    int64_t ticks = (int64_t)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) - EPOCH;
    if (ticks < 0)
        ticks = 0;
    return (struct timespec){.tv_sec = ticks / TICKS_PER_SECOND, .tv_nsec = (long)(ticks % TICKS_PER_SECOND * 100)};
}

/* What the handle of a file tells; it may be open by its writer meanwhile. */
static int ask(HANDLE handle, struct watched_file *ret_file)
{
    BY_HANDLE_FILE_INFORMATION found;
    if (!GetFileInformationByHandle(handle, &found))
        return error_from_windows(GetLastError());
    *ret_file = (struct watched_file){
        .known = true,
        .device = found.dwVolumeSerialNumber,
        .inode = (uint64_t)found.nFileIndexHigh << 32 | found.nFileIndexLow,
        .size = (int64_t)((uint64_t)found.nFileSizeHigh << 32 | found.nFileSizeLow),
        .modified = moment(found.ftLastWriteTime),
    };
    return 0;
}

int watched_file_look(const char *path, struct watched_file *ret_file)
{
    wchar_t wide[PATH_UNITS];
    int error = wide_from_utf8(wide, PATH_UNITS, path);
    if (error < 0)
        return error;
    HANDLE handle = CreateFileW(wide, FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return error_from_windows(GetLastError());
    error = ask(handle, ret_file);
    (void)CloseHandle(handle);
    return error;
}

/* Reading says itself what is no file. */
void watched_file_explain(char *path, size_t size)
{
    (void)path;
    (void)size;
}
