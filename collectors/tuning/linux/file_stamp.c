/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/file_stamp.h"

#include <errno.h>

struct file_stamp file_stamp_take(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return (struct file_stamp){.error = -errno};
    return (struct file_stamp){.mode = status.st_mode,
                               .device = status.st_dev,
                               .inode = status.st_ino,
                               .size = status.st_size,
                               .modified = status.st_mtim,
                               .changed = status.st_ctim};
}

static bool same_time(const struct timespec *one, const struct timespec *other)
{
    return one->tv_sec == other->tv_sec && one->tv_nsec == other->tv_nsec;
}

bool file_stamp_same(const struct file_stamp *one, const struct file_stamp *other)
{
    return one->error == other->error && one->mode == other->mode && one->device == other->device &&
           one->inode == other->inode && one->size == other->size && same_time(&one->modified, &other->modified) &&
           same_time(&one->changed, &other->changed);
}
