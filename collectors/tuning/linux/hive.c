/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/hive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "collectors/tuning/linux/file_stamp.h"
#include "collectors/tuning/linux/hive_reader.h"

/* It is held in memory while it is read; real ones have 10 to 30 MB. */
#define HIVE_LIMIT ((off_t)256 << 20)

struct hive {
    const char *path;
    const struct plan_list *list;
    struct registry_value *values;
    char control_set[HIVE_CONTROL_SET_SIZE];
    char subject[FILE_PATH_MAX + 64];
    struct file_stamp stamp;
    int outcome;
    bool read;
};

int hive_new(const char *path, const struct plan_list *list, struct hive **ret_hive)
{
    struct hive *hive = calloc(1, sizeof(*hive));
    if (!hive)
        return -ENOMEM;
    hive->path = path;
    hive->list = list;
    hive->values = calloc(list->count, sizeof(*hive->values));
    if (!hive->values) {
        free(hive);
        return -ENOMEM;
    }
    *ret_hive = hive;
    return 0;
}

void hive_free(struct hive *hive)
{
    if (!hive)
        return;
    free(hive->values);
    free(hive);
}

static int read_hive(struct hive *hive, const char **ret_step)
{
    *ret_step = "";
    if (hive->stamp.error < 0)
        return hive->stamp.error;
    /* A FIFO would block, a device might never end. */
    if (!S_ISREG(hive->stamp.mode))
        return S_ISDIR(hive->stamp.mode) ? -EISDIR : -EINVAL;
    if (hive->stamp.size > HIVE_LIMIT)
        return -EFBIG;
    return hive_reader_read(hive->path, hive->list, hive->values, hive->control_set, ret_step);
}

int hive_refresh(struct hive *hive)
{
    struct file_stamp now = file_stamp_take(hive->path);
    const char *step;
    if (hive->read && file_stamp_same(&now, &hive->stamp))
        return hive->outcome;
    hive->stamp = now;
    hive->outcome = read_hive(hive, &step);
    /* Want of memory passes without the file being touched. */
    hive->read = hive->outcome != -ENOMEM;
    (void)snprintf(hive->subject, sizeof(hive->subject), "%s%s", hive->path, step);
    return hive->outcome;
}

const char *hive_subject(const struct hive *hive)
{
    return hive->subject;
}

const struct registry_value *hive_values(const struct hive *hive)
{
    return hive->values;
}

const char *hive_control_set(const struct hive *hive)
{
    return hive->control_set;
}
