/* SPDX-License-Identifier: Apache-2.0
 * The sysctls in force and whether a boot would set them so. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_LINUX_SYSCTL_H
#define CHOKEPOINT_COLLECTORS_TUNING_LINUX_SYSCTL_H

#include "base/file.h"
#include "collectors/tuning/linux/boot.h"
#include "collectors/tuning/plan.h"
#include "snapshot/builder.h"

struct sysctl_reader {
    const char *procfs;
    const char *netns;           /* label of the namespace that procfs shows */
    const struct boot *boot;     /* NULL: not known what a boot would set */
    struct text buffer;          /* reused from sample to sample; the owner frees it */
    char subject[FILE_PATH_MAX]; /* the file that failed, after a failure */
};

/* Puts the rows of every sysctl of the list that can be read. One of the catalogue that this kernel does not have makes
 * no row. One that the configuration names must be there: it is a source of its own, "sysctl:KEY", which this reports.
 * 0, or the first failure of the others as negative errno, with all rows put that can be; -ENOENT as well when there is
 * none at all; -ENOMEM ends it at once. */
int sysctl_put(struct sysctl_reader *reader, const struct plan_list *list, struct builder *builder);

/* Reads count whole numbers off the front of what a sysctl file holds, or of what is written to one (0x10 and 010 as
 * the kernel takes them). Returns how many there are, at most count, or -EINVAL when something else comes first. */
int sysctl_numbers(const char *text, int64_t *numbers, unsigned count);

#endif
