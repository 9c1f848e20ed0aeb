/* SPDX-License-Identifier: Apache-2.0
 * Which Windows a SYSTEM hive is of. It does not tell; the hive SOFTWARE does, which lies beside it on a Windows disk.
 */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_HIVE_VERSION_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_HIVE_VERSION_H

#include "collectors/windows_version.h"

struct hive_version;

/* system_path: the SYSTEM hive, as it is to be opened. Does not read yet. 0 or -ENOMEM. */
int hive_version_new(const char *system_path, struct hive_version **ret_version);

/* NULL is fine. */
void hive_version_free(struct hive_version *version);

/* Looks for a file SOFTWARE in the same directory, by any case of its letters, and reads it if it is another than last
 * time, else remembers the outcome. 0; -ENODATA where there is none; -EINVAL for what is no hive, a damaged one or no
 * version; -ENOENT where the version is missing from it; or negative errno. */
int hive_version_refresh(struct hive_version *version, struct windows_version *ret_windows);

/* What was tried last, the path and the step: for the message of an error. Until the next refresh. */
const char *hive_version_subject(const struct hive_version *version);

#endif
