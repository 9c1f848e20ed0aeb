/* SPDX-License-Identifier: Apache-2.0
 * Whether a file is still the one that was read: reading again only then keeps samples cheap. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_FILE_STAMP_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_FILE_STAMP_H

#include <stdbool.h>
#include <sys/stat.h>

struct file_stamp {
    int error; /* 0, or negative errno of stat(): then nothing else is set */
    mode_t mode;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed; /* also moved by chmod and chown, which decide on what we may read */
};

/* Looks at what is at path now, through symbolic links. */
struct file_stamp file_stamp_take(const char *path);

/* Whether both were taken of the same file in the same state; a missing file equals a missing file. */
bool file_stamp_same(const struct file_stamp *one, const struct file_stamp *other);

#endif
