/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int file_path_format(char *buffer, size_t size, const char *root, const char *format, ...)
{
    char path[FILE_PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(path, sizeof(path), format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof(path))
        return -ENAMETOOLONG;
    return file_path(buffer, size, root, path);
}
