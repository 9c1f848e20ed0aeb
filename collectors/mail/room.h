/* SPDX-License-Identifier: Apache-2.0
 * Room in a file system. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_ROOM_H
#define CHOKEPOINT_COLLECTORS_MAIL_ROOM_H

#include <stdint.h>

struct room {
    uint64_t free_bytes; /* that an unprivileged process may use */
    uint64_t all_bytes;
};

/* Asks the file system that this directory is in. 0 or negative errno. */
int room_ask(const char *directory, struct room *ret_room);

#endif
