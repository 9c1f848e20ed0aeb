/* SPDX-License-Identifier: Apache-2.0
 * Whether a configuration file changed since it was last read, by stat(2) alone. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_WATCHED_FILE_H
#define CHOKEPOINT_COLLECTORS_MAIL_WATCHED_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/text.h"

/* Start with zeroes: nothing was read yet. */
struct watched_file {
    bool known;
    uint64_t device;
    uint64_t inode;
    int64_t size;
    struct timespec modified;
};

/* What the file is now. 0 or negative errno with *ret_file untouched. */
int watched_file_look(const char *path, struct watched_file *ret_file);

/* Whether both are known and the same. */
bool watched_file_same(const struct watched_file *a, const struct watched_file *b);

/* Appends the file to text unless it is the one that *file tells of, which is then forgotten: *file becomes *ret_found
 * once what was read is taken over. 1 if it was read, 0 if it is the same, or negative errno. */
int watched_file_read(const char *path, size_t limit, struct watched_file *file, struct text *text,
                      struct watched_file *ret_found);

#endif
