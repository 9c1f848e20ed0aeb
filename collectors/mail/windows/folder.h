/* SPDX-License-Identifier: Apache-2.0
 * The files of a directory with their sizes and times, which Windows gives along with the names. A seam: tests link
 * tests/fakes/folder.c, which reads a directory of the test. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_WINDOWS_FOLDER_H
#define CHOKEPOINT_COLLECTORS_MAIL_WINDOWS_FOLDER_H

#include <stdint.h>

struct folder_file {
    uint64_t size;
    int64_t written; /* when last, nanoseconds since 1970 */
};

/* Gets one file. Anything but 0 ends the reading. */
typedef int (*folder_visit)(void *context, const struct folder_file *file);

/* Visits the regular files of the directory whose names match the pattern, with * and ? as in a shell, whatever the case
 * of letters. 0, what visit gave, or negative errno; -ENOENT where there is no such directory. */
int folder_read(const char *directory, const char *pattern, folder_visit visit, void *context);

#endif
