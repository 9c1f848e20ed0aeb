/* SPDX-License-Identifier: Apache-2.0
 * What the parts of the configuration's reader share: flags, YAML, and who is meant by a name that nobody declared. */
#ifndef CHOKEPOINT_EXPORTER_CONFIG_PRIVATE_H
#define CHOKEPOINT_EXPORTER_CONFIG_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/option.h"
#include "base/text.h"
#include "exporter/config.h"

/* A declared flag, the section it belongs to, and whether it was spelled --no-NAME. */
struct config_match {
    const struct option *option;
    size_t section;
    bool negated;
};

/* Finds the option of a flag, without dashes; --no-NAME only for booleans. False when nobody declared it. */
bool config_find_flag(const struct option_section *sections, size_t section_count, const char *name,
                      struct config_match *ret_match);

/* How many octets must be changed, added, removed or swapped with a neighbour to make one name the other (optimal
 * string alignment); SIZE_MAX when one is longer than 64. */
size_t config_spelling_distance(const char *left, const char *right);

/* Reads the YAML file into values, one struct for each section. Every error goes to *why, a line each.
 * 0, -EINVAL, -ENOMEM, or the errno of reading the file. */
int config_yaml_load(const struct option_section *sections, size_t section_count, const char *path, void **values,
                     struct arena *arena, struct text *why);

#endif
