/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/watched_file.h"

#include <errno.h>

int watched_file_look(const char *path, struct watched_file *ret_file)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return -errno;
    *ret_file = (struct watched_file){true, status.st_dev, status.st_ino, status.st_size, status.st_mtim};
    return 0;
}

bool watched_file_same(const struct watched_file *a, const struct watched_file *b)
{
    return a->known && b->known && a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}
