/* SPDX-License-Identifier: Apache-2.0
 * Which files of sysctl.d(5) are read at boot, in which order, and whether that has changed. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_BOOT_FILES_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_BOOT_FILES_H

#include "base/arena.h"
#include "collectors/tuning/linux/file_stamp.h"

/* /etc, /run, /usr/local/lib, /usr/lib, /lib */
#define BOOT_DIRECTORIES 5u

struct boot_file {
    const char *name;  /* what it is sorted by, and replaced by in a directory that comes first */
    const char *shown; /* its path on the host */
    const char *path;  /* what to open: below the root, through symbolic links that are absolute on the host */
    struct file_stamp stamp;
};

/* Start with BOOT_FILES_EMPTY. */
struct boot_files {
    struct boot_file *items;
    size_t count;
    char *directories[BOOT_DIRECTORIES];
    struct file_stamp stamps[BOOT_DIRECTORIES];
    struct arena arena;
};

#define BOOT_FILES_EMPTY ((struct boot_files){.arena = ARENA_EMPTY})

/* Lists the files below rootfs in the order in which they are read; *files is freed first. A directory that is not
 * there is empty. On failure, negative errno, *files holds what was looked at, so that boot_files_changed() can tell
 * when another try is worth it, and *ret_subject the directory (NULL for none). */
int boot_files_list(const char *rootfs, struct boot_files *files, const char **ret_subject);

/* Whether a directory or a file is another than when it was listed. A few stat(2), nothing read. */
bool boot_files_changed(const struct boot_files *files);

/* Gives the memory back. */
void boot_files_free(struct boot_files *files);

#endif
