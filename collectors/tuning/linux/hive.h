/* SPDX-License-Identifier: Apache-2.0
 * The registry of a Windows that does not run: its file SYSTEM, read by libhivex and never written. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_HIVE_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_HIVE_H

#include "collectors/tuning/registry.h"

struct hive;

/* path: the file, as it is to be opened; it and list outlive the hive. Does not read yet. 0 or -ENOMEM. */
int hive_new(const char *path, const struct plan_list *list, struct hive **ret_hive);

/* NULL is fine. */
void hive_free(struct hive *hive);

/* Reads the file if it is another than last time, else remembers the outcome. 0; -EFBIG for more than 256 MiB; -EINVAL
 * for what is no hive or a damaged one; -ENOENT when it or its current control set is missing; or negative errno. */
int hive_refresh(struct hive *hive);

/* What was tried last, the path and the step: for the message of an error. Until the next refresh. */
const char *hive_subject(const struct hive *hive);

/* The values of the list's entries, in their order, after hive_refresh() returned 0. */
const struct registry_value *hive_values(const struct hive *hive);

/* The control set that they are from, such as "ControlSet001", after hive_refresh() returned 0. */
const char *hive_control_set(const struct hive *hive);

#endif
