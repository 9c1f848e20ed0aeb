/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/linux/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

static int enter(int file, uint64_t inode)
{
    struct stat status;
    if (fstat(file, &status) < 0)
        return -errno;
    if (status.st_ino != inode)
        return -ESTALE;
    return setns(file, CLONE_NEWNET) < 0 ? -errno : 0;
}

int enter_namespace(const char *path, uint64_t inode)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    int error = enter(file, inode);
    (void)close(file);
    return error;
}
