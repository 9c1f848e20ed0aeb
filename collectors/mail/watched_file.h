/* SPDX-License-Identifier: Apache-2.0
 * Whether a configuration file changed since it was last read, by stat(2) alone. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_WATCHED_FILE_H
#define CHOKEPOINT_COLLECTORS_MAIL_WATCHED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/text.h"

/* Start with zeroes: nothing was read yet. */
struct watched_file {
    bool known;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    int error; /* what came of reading it: 0, or negative errno for what it says */
};

/* What the file is now. 0 or negative errno with *ret_file untouched. */
int watched_file_look(const char *path, struct watched_file *ret_file);

/* Whether both are known and the same. */
bool watched_file_same(const struct watched_file *a, const struct watched_file *b);

/* Appends the file to text unless it is the one that *file tells of, which is then forgotten; watched_file_done() ends
 * that. 1 if it was read; if it is the same, what came of it; else negative errno. */
int watched_file_read(const char *path, size_t limit, struct watched_file *file, struct text *text,
                      struct watched_file *ret_found);

/* Notes what came of reading the file that was found: 0 or negative errno. A failure that lies in what the file says
 * stands until it changes; after any other one it is read again. */
void watched_file_done(struct watched_file *file, const struct watched_file *found, int error);

/* Adds to the path of a file that could not be read what its errno does not say: that it is no regular file. */
void watched_file_explain(char *path, size_t size);

#endif
