/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include "base/file.h"
#include "base/windows/error.h"
#include "base/windows/wide.h"

#define READ_CHUNK 4096u

static int read_all(HANDLE file, size_t limit, struct text *into)
{
    size_t start = into->length;
    for (;;) {
        DWORD count = 0;
        if (text_reserve(into, READ_CHUNK) < 0)
            return -ENOMEM;
        if (!ReadFile(file, into->data + into->length, READ_CHUNK, &count, NULL))
            return error_from_windows(GetLastError());
        if (count == 0)
            break;
        into->length += count;
        if (into->length - start > limit)
            return -EFBIG;
    }
    into->data[into->length] = '\0';
    return 0;
}

/* Opens for reading what others may write, rename or delete meanwhile. */
static int open_file(const char *path, HANDLE *ret_file)
{
    wchar_t wide[FILE_PATH_MAX];
    int error = wide_from_utf8(wide, FILE_PATH_MAX, path);
    if (error < 0)
        return error;
    DWORD attributes = GetFileAttributesW(wide);
    if (attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY)
        return -EISDIR;
    HANDLE file = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return error_from_windows(GetLastError());
    *ret_file = file;
    return 0;
}

int file_read(const char *path, size_t limit, struct text *into)
{
    HANDLE file;
    LARGE_INTEGER size;
    int error = open_file(path, &file);
    if (error < 0)
        return error;
    size_t start = into->length;
    if (GetFileType(file) != FILE_TYPE_DISK || !GetFileSizeEx(file, &size))
        error = -EINVAL;
    else if ((uint64_t)size.QuadPart > limit)
        error = -EFBIG;
    else
        error = read_all(file, limit, into);
    if (error < 0 && into->data) {
        into->length = start;
        into->data[start] = '\0';
    }
    (void)CloseHandle(file);
    return error;
}

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool has_drive(const char *path)
{
    return isalpha((unsigned char)path[0]) && path[1] == ':';
}

int file_path(char *buffer, size_t size, const char *root, const char *path)
{
    size_t root_length = strlen(root);
    int length;
    while (root_length > 0 && is_separator(root[root_length - 1]))
        root_length--;
    if (has_drive(path) && root_length == 0) {
        length = snprintf(buffer, size, "%s", path);
    } else if (has_drive(path)) {
        length = snprintf(buffer, size, "%.*s/%c/%s", (int)root_length, root, path[0],
                          path + (is_separator(path[2]) ? 3 : 2));
    } else {
        while (is_separator(*path))
            path++;
        length = snprintf(buffer, size, "%.*s/%s", (int)root_length, root, path);
    }
    return length < 0 || (size_t)length >= size ? -ENAMETOOLONG : 0;
}
