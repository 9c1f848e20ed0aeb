/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/watched_file.h"

#include <errno.h>
#include <sys/stat.h>

int watched_file_look(const char *path, struct watched_file *ret_file)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return -errno;
    *ret_file = (struct watched_file){true, status.st_dev, status.st_ino, status.st_size, status.st_mtim};
    return 0;
}
