/* SPDX-License-Identifier: Apache-2.0
 * Flags and YAML into one immutable configuration. What exists is declared as struct option by whoever uses it; this
 * file only reads. Flags win over YAML; YAML over defaults. */
#ifndef CHOKEPOINT_EXPORTER_CONFIG_H
#define CHOKEPOINT_EXPORTER_CONFIG_H

#include "base/option.h"
#include "base/text.h"

/* One "--name value" or "--name=value" of the command line; name without dashes. */
struct config_flag {
    const char *name;
    const char *value; /* NULL: given without a value, as --no-NAME and --collector.NAME are */
};

struct config; /* owns all values and their strings */

/* Splits the command line (without the program's and the command's name) into flags and operands. No abbreviations; the
 * flag must be declared in sections (or be help or version). Everything wrong is appended to *why, a line each.
 * 0, -EINVAL or -ENOMEM. *ret_flags and *ret_operands are allocated in arena. */
int config_parse_arguments(const struct option_section *sections, size_t section_count, int argc, char **argv,
                           struct arena *arena, struct config_flag **ret_flags, size_t *ret_flag_count,
                           const char ***ret_operands, size_t *ret_operand_count, struct text *why);

/* Makes a configuration from defaults, the YAML file (NULL: none) and flags. Every error in the file is appended to
 * *why as "FILE:LINE: what is wrong; what is allowed". 0, -EINVAL, -ENOMEM, or the errno of reading the file.
 * A file over 1 MiB is refused unread. Sections whose name is NULL are flags only. */
int config_load(const struct option_section *sections, size_t section_count, const char *path,
                const struct config_flag *flags, size_t flag_count, struct config **ret_config, struct text *why);

/* The values of one section: its struct. Lives with the configuration. */
const void *config_values(const struct config *config, const struct option_section *section);

/* NULL is fine. */
void config_free(struct config *config);

/* Appends the option lines of --help, section by section. */
void config_help(const struct option_section *sections, size_t section_count, struct text *text);

#endif
