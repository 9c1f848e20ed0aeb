/* SPDX-License-Identifier: Apache-2.0
 * What a boot would set, kept up to date with the files that say so. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_BOOT_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_BOOT_H

#include "collectors/tuning/linux/boot_settings.h"

struct boot;

/* rootfs outlives it. Does not read yet. 0 or -ENOMEM. */
int boot_new(const char *rootfs, struct boot **ret_boot);

/* NULL is fine. */
void boot_free(struct boot *boot);

/* Evaluates the files anew if one of them has changed since, else remembers the outcome. Negative errno when a file
 * cannot be read that a boot would read: then nothing is known. /etc/sysctl.conf counts where sysctl.d has a link to
 * it, as Debian's does. */
int boot_refresh(struct boot *boot);

/* The file or directory that could not be read last, as the host sees it. Lives until the next refresh. */
const char *boot_subject(const struct boot *boot);

/* What a boot writes to this path below /proc/sys; NULL where it leaves the default. After boot_refresh() returned 0.
 */
const struct boot_setting *boot_find(const struct boot *boot, const char *path);

#endif
