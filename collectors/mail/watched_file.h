/* SPDX-License-Identifier: Apache-2.0
 * Whether a configuration file changed since it was last read, by stat(2) alone. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_WATCHED_FILE_H
#define CHOKEPOINT_COLLECTORS_MAIL_WATCHED_FILE_H

#include <stdbool.h>
#include <stddef.h>
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
    int error; /* what came of reading it: 0, or negative errno for what it says */
};

/* What the file is now. 0 or negative errno with *ret_file untouched. */
int watched_file_look(const char *path, struct watched_file *ret_file);

/* Whether both are known and the same. */
bool watched_file_same(const struct watched_file *a, const struct watched_file *b);

/* Reads what a file says, which may be cut up in place, and takes it over only where it is right: 0 or negative errno.
 */
typedef int (*watched_file_parse)(void *context, struct text *text);

/* Has the file parsed unless it is the one that *file tells of. 0, or negative errno: of reading, or what came of
 * parsing it, now or when it was last read. */
int watched_file_refresh(char path[], size_t path_size, size_t limit, struct watched_file *file,
                         watched_file_parse parse, void *context);

/* Notes what came of reading the file that was found: 0 or negative errno. A failure that lies in what the file says
 * stands until it changes; after any other one it is read again. */
void watched_file_done(struct watched_file *file, const struct watched_file *found, int error);

/* Adds to the path of a file that could not be read what its errno does not say: that it is no regular file. */
void watched_file_explain(char *path, size_t size);

#endif
