/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/linux/hive.h"

#include <errno.h>
#include <stdlib.h>

#include "collectors/tuning/linux/hive_file.h"
#include "collectors/tuning/linux/hive_reader.h"

struct hive {
    const char *path;
    const struct plan_list *list;
    struct registry_value *values;
    char control_set[HIVE_CONTROL_SET_SIZE];
    struct hive_file file;
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

static int read_values(void *context, const char *path, const char **ret_step)
{
    struct hive *hive = context;
    return hive_reader_read(path, hive->list, hive->values, hive->control_set, ret_step);
}

int hive_refresh(struct hive *hive)
{
    return hive_file_refresh(&hive->file, hive->path, read_values, hive);
}

const char *hive_subject(const struct hive *hive)
{
    return hive->file.subject;
}

const struct registry_value *hive_values(const struct hive *hive)
{
    return hive->values;
}

const char *hive_control_set(const struct hive *hive)
{
    return hive->control_set;
}
