/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fakes/enter.h"

#include <errno.h>
#include <sys/stat.h>

#include "collectors/tcp/linux/enter.h"

static uint64_t failing, entered;
static int failure;

void fake_enter_fail(uint64_t inode, int error)
{
    failing = inode;
    failure = error;
    entered = 0;
}

uint64_t fake_enter_last(void)
{
    return entered;
}

int enter_namespace(const char *path, uint64_t inode)
{
    struct stat status;
    if (inode == failing && failure < 0)
        return failure;
    if (stat(path, &status) < 0)
        return -errno;
    if (status.st_ino != inode)
        return -ESTALE;
    entered = inode;
    return 0;
}
