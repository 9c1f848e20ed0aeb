/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/hive_file.h"

#include <errno.h>
#include <stdio.h>

/* It is held in memory while it is read; real ones have 10 to 150 MB. */
#define LIMIT ((off_t)256 << 20)

static int check(const struct file_stamp *stamp)
{
    if (stamp->error < 0)
        return stamp->error;
    /* A FIFO would block, a device might never end. */
    if (!S_ISREG(stamp->mode))
        return S_ISDIR(stamp->mode) ? -EISDIR : -EINVAL;
    return stamp->size > LIMIT ? -EFBIG : 0;
}

int hive_file_refresh(struct hive_file *file, const char *path, hive_file_read read, void *context)
{
    struct file_stamp now = file_stamp_take(path);
    const char *step = "";
    if (file->read && file_stamp_same(&now, &file->stamp))
        return file->outcome;
    file->stamp = now;
    file->outcome = check(&now);
    if (file->outcome == 0)
        file->outcome = read(context, path, &step);
    /* Want of memory passes without the file being touched. */
    file->read = file->outcome != -ENOMEM;
    (void)snprintf(file->subject, sizeof(file->subject), "%s%s", path, step);
    return file->outcome;
}
