/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"

static bool is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static int each(const char *buffer, size_t length, directory_entry *entry, void *context)
{
    for (size_t at = 0; at < length;) {
        const struct dirent64 *found = (const struct dirent64 *)(const void *)(buffer + at);
        at += found->d_reclen;
        if (is_dots(found->d_name))
            continue;
        int result = entry(context, found->d_name, found->d_type);
        if (result != 0)
            return result;
    }
    return 0;
}

int directory_read(int fd, char *buffer, int64_t deadline, directory_entry *entry, void *context)
{
    if (lseek(fd, 0, SEEK_SET) < 0)
        return -errno;
    for (;;) {
        if (clock_monotonic() >= deadline)
            return -ETIME;
        ssize_t length = getdents64(fd, buffer, DIRECTORY_BUFFER_SIZE);
        if (length < 0)
            return -errno;
        if (length == 0)
            return 0;
        int result = each(buffer, (size_t)length, entry, context);
        if (result != 0)
            return result;
    }
}

int directory_open(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    return fd < 0 ? -errno : fd;
}
