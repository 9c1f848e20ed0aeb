/* SPDX-License-Identifier: Apache-2.0
 * Reads a part of a message's file. Queue directories belong to others, who may put anything there. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_MESSAGE_FILE_H
#define CHOKEPOINT_COLLECTORS_MAIL_MESSAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads at most size bytes of a regular file: its first ones, or its last ones where tail is set. Never follows a link,
 * never waits, and leaves the access time where that is allowed. How many bytes; -EINVAL for what is no regular file;
 * else negative errno. */
ssize_t message_file_read(int directory, const char *name, char *buffer, size_t size, bool tail);

#endif
