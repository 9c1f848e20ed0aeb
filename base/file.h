/* SPDX-License-Identifier: Apache-2.0
 * Small files read whole, and paths that hang off a root given by the user. */
#ifndef CHOKEPOINT_BASE_FILE_H
#define CHOKEPOINT_BASE_FILE_H

#include <limits.h>
#include <stddef.h>

#include "base/text.h"

#define FILE_PATH_MAX PATH_MAX

/* Appends the file's content to *into. A file over limit bytes is -EFBIG; anything but a regular file -EINVAL
 * (a FIFO never blocks); else negative errno. Paths are UTF-8. On failure *into is as it was, unless its own error is
 * set. */
int file_read(const char *path, size_t limit, struct text *into);

/* Joins root and path with exactly one slash; an empty or "/" root gives the path itself. On Windows a path that names
 * its drive (C:\...) stands below a root without its colon (root/C/...). 0 or -ENAMETOOLONG. */
int file_path(char *buffer, size_t size, const char *root, const char *path);

/* file_path() with printf() for the part below the root. */
int file_path_format(char *buffer, size_t size, const char *root, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
