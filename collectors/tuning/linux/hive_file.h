/* SPDX-License-Identifier: Apache-2.0
 * One hive's file: read again only when it has changed, and never what would block or would not fit into memory. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_HIVE_FILE_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_HIVE_FILE_H

#include <stdbool.h>

#include "base/file.h"
#include "collectors/tuning/linux/file_stamp.h"

/* All zero: nothing was read yet. */
struct hive_file {
    char subject[FILE_PATH_MAX + 96]; /* what was tried last, the path and the step: for the message of an error */
    struct file_stamp stamp;
    int outcome;
    bool read;
};

/* Reads the file at path. ret_step: what failed, a constant text to follow the path, or "". 0 or negative errno. */
typedef int (*hive_file_read)(void *context, const char *path, const char **ret_step);

/* Reads the file if it is another than last time, in whatever way it is another, else remembers the outcome; want of
 * memory is not remembered. 0; -EFBIG for more than 256 MiB; -EISDIR or -EINVAL for what is no regular file; or what
 * stat() or `read` said. */
int hive_file_refresh(struct hive_file *file, const char *path, hive_file_read read, void *context);

#endif
