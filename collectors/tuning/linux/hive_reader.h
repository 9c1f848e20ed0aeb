/* SPDX-License-Identifier: Apache-2.0
 * Reading one hive once: by libhivex (hive_reader.c), or not at all where it is missing (no_hive_reader.c). */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_HIVE_READER_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_HIVE_READER_H

#include "collectors/tuning/registry.h"
#include "collectors/windows_version.h"

#define HIVE_CONTROL_SET_SIZE 16u

/* Reads the values of list below the current control set (Select\Current names it). ret_step: what failed, a constant
 * text to follow the path, or "". 0 or negative errno; values and control_set are undefined on failure. */
int hive_reader_read(const char *path, const struct plan_list *list, struct registry_value *values,
                     char control_set[HIVE_CONTROL_SET_SIZE], const char **ret_step);

/* Reads from a SOFTWARE hive which Windows it is of. ret_step: as above. Fails like windows_version_find(). */
int hive_reader_version(const char *path, struct windows_version *ret_version, const char **ret_step);

#endif
