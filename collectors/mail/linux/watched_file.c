/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/watched_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int watched_file_look(const char *path, struct watched_file *ret_file)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return -errno;
    *ret_file = (struct watched_file){true, status.st_dev, status.st_ino, status.st_size, status.st_mtim, 0};
    return 0;
}

void watched_file_explain(char *path, size_t size)
{
    struct stat status;
    size_t length = strlen(path);
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && length < size)
        (void)snprintf(path + length, size - length, ", which is no regular file");
}
