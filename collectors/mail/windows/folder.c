/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/windows/folder.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include <windows.h>

#include <shlwapi.h>

#include "base/windows/error.h"
#include "base/windows/wide.h"

#define PATH_UNITS    4096u
#define PATTERN_UNITS 256u

/* A FILETIME counts tenths of microseconds since 1601. */
#define EPOCH INT64_C(116444736000000000)

static int64_t nanoseconds(FILETIME time)
{
    int64_t ticks = (int64_t)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);
    return ticks > EPOCH ? (ticks - EPOCH) * 100 : 0;
}

static bool is_wanted(const WIN32_FIND_DATAW *found, const wchar_t *pattern)
{
    const DWORD other = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE | FILE_ATTRIBUTE_REPARSE_POINT;
    return !(found->dwFileAttributes & other) && PathMatchSpecW(found->cFileName, pattern);
}

static int visit_all(HANDLE list, WIN32_FIND_DATAW *found, const wchar_t *pattern, folder_visit visit, void *context)
{
    do {
        const struct folder_file file = {(uint64_t)found->nFileSizeHigh << 32 | found->nFileSizeLow,
                                         nanoseconds(found->ftLastWriteTime)};
        int result = is_wanted(found, pattern) ? visit(context, &file) : 0;
        if (result != 0)
            return result;
    } while (FindNextFileW(list, found));
    return GetLastError() == ERROR_NO_MORE_FILES ? 0 : error_from_windows(GetLastError());
}

int folder_read(const char *directory, const char *pattern, folder_visit visit, void *context)
{
    char everything[PATH_UNITS];
    wchar_t wide[PATH_UNITS], wide_pattern[PATTERN_UNITS];
    WIN32_FIND_DATAW found;
    int length = snprintf(everything, sizeof(everything), "%s\\*", directory);
    if (length < 0 || (size_t)length >= sizeof(everything))
        return -ENAMETOOLONG;
    int error = wide_from_utf8(wide, PATH_UNITS, everything);
    if (error == 0)
        error = wide_from_utf8(wide_pattern, PATTERN_UNITS, pattern);
    if (error < 0)
        return error;
    /* Names alone of the 8.3 kind are not asked for, and the answers come in greater pieces. */
    HANDLE list = FindFirstFileExW(wide, FindExInfoBasic, &found, FindExSearchNameMatch, NULL, FIND_FIRST_EX_LARGE_FETCH);
    if (list == INVALID_HANDLE_VALUE)
        return error_from_windows(GetLastError());
    error = visit_all(list, &found, wide_pattern, visit, context);
    (void)FindClose(list);
    return error;
}
