/* SPDX-License-Identifier: Apache-2.0
 * For builds without libhivex, in which the option is refused. */
#include <errno.h>

#include "collectors/tuning/linux/hive_reader.h"

static int refuse(const char **ret_step)
{
    *ret_step = ": this build has no libhivex";
    return -ENOTSUP;
}

int hive_reader_read(const char *path, const struct plan_list *list, struct registry_value *values,
                     char control_set[HIVE_CONTROL_SET_SIZE], const char **ret_step)
{
    (void)path;
    (void)list;
    (void)values;
    (void)control_set;
    return refuse(ret_step);
}

int hive_reader_version(const char *path, struct windows_version *ret_version, const char **ret_step)
{
    (void)path;
    (void)ret_version;
    return refuse(ret_step);
}
