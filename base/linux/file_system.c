/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define READ_CHUNK 4096u

static int read_all(int fd, size_t limit, struct text *into)
{
    size_t start = into->length;
    for (;;) {
        if (text_reserve(into, READ_CHUNK) < 0)
            return -ENOMEM;
        ssize_t count = read(fd, into->data + into->length, READ_CHUNK);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -errno;
        if (count == 0)
            break;
        into->length += (size_t)count;
        if (into->length - start > limit)
            return -EFBIG;
    }
    into->data[into->length] = '\0';
    return 0;
}

int file_read(const char *path, size_t limit, struct text *into)
{
    /* O_NONBLOCK: opening a FIFO that nobody writes to must not wait. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    struct stat status;
    int error;
    size_t start = into->length;
    if (fstat(fd, &status) < 0)
        error = -errno;
    else if (!S_ISREG(status.st_mode))
        error = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
    else if (status.st_size > 0 && (uintmax_t)status.st_size > limit)
        error = -EFBIG;
    else
        error = read_all(fd, limit, into);
    if (error < 0 && into->data) {
        into->length = start;
        into->data[start] = '\0';
    }
    (void)close(fd);
    return error;
}

int file_path(char *buffer, size_t size, const char *root, const char *path)
{
    size_t root_length = strlen(root);
    while (root_length > 0 && root[root_length - 1] == '/')
        root_length--;
    while (*path == '/')
        path++;
    int length = snprintf(buffer, size, "%.*s/%s", (int)root_length, root, path);
    return length < 0 || (size_t)length >= size ? -ENAMETOOLONG : 0;
}
