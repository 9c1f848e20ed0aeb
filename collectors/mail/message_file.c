/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/message_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_part(int fd, char *buffer, size_t size, bool tail)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EINVAL;
    off_t start = tail && status.st_size > (off_t)size ? status.st_size - (off_t)size : 0;
    ssize_t length = pread(fd, buffer, size, start);
    return length < 0 ? -errno : length;
}

ssize_t message_file_read(int directory, const char *name, char *buffer, size_t size, bool tail)
{
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = openat(directory, name, flags | O_NOATIME);
    if (fd < 0 && errno == EPERM)
        fd = openat(directory, name, flags);
    if (fd < 0)
        return -errno;
    ssize_t length = read_part(fd, buffer, size, tail);
    (void)close(fd);
    return length;
}
