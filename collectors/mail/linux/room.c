/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/room.h"

#include <errno.h>
#include <sys/statvfs.h>

int room_ask(const char *directory, struct room *ret_room)
{
    struct statvfs found;
    if (statvfs(directory, &found) < 0)
        return -errno;
    *ret_room = (struct room){(uint64_t)found.f_bavail * found.f_frsize, (uint64_t)found.f_blocks * found.f_frsize};
    return 0;
}
