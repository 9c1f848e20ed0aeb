/* SPDX-License-Identifier: Apache-2.0
 * Names of sysctls: dotted as people write them, with slashes as files below /proc/sys. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_SYSCTL_NAME_H
#define CHOKEPOINT_COLLECTORS_TUNING_SYSCTL_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the path below /proc/sys of a name, as sysctl.d(5) has it: if a dot comes first, dots separate and slashes
 * stand for dots; if a slash comes first nothing is exchanged. Empty components vanish. buffer may be name itself. 0 or
 * -ENAMETOOLONG. */
int sysctl_name_path(char *buffer, size_t size, const char *name);

/* Whether the name is a plain one: two components or more of letters, digits and "_-:@", none of them "." or "..". */
bool sysctl_name_valid(const char *name);

#endif
