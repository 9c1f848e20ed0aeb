/* SPDX-License-Identifier: Apache-2.0
 * Files of the kernel's that are read again and again: they stay open in between, since finding and opening one costs
 * more than reading it. */
#ifndef CHOKEPOINT_BASE_LINUX_KEPT_FILES_H
#define CHOKEPOINT_BASE_LINUX_KEPT_FILES_H

#include <stdbool.h>

#include "base/text.h"

/* Most files that are kept; more are opened each time. */
#define KEPT_FILES_MAX 24u

struct kept_file {
    const char *directory;
    const char *name;
    int fd;
};

/* Zero but for root and keeps to start with. */
struct kept_files {
    const char *root; /* where they are below; must outlive it */
    bool keeps;       /* false: they are opened each time */
    struct kept_file items[KEPT_FILES_MAX];
    unsigned count;
};

/* Appends the content of <root>/<directory>/<name>, as file_read() does. 0 or negative errno. Only what a procfs makes
 * up as it is read is kept: another file may be another one next time. directory and name are compared as text and must
 * outlive it. */
int kept_files_read(struct kept_files *files, const char *directory, const char *name, size_t limit, struct text *into);

/* Closes them all. */
void kept_files_close(struct kept_files *files);

#endif
