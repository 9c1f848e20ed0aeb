/* SPDX-License-Identifier: Apache-2.0
 * What the command line looks like, and how the program talks back to it. */
#ifndef CHOKEPOINT_EXPORTER_COMMAND_LINE_H
#define CHOKEPOINT_EXPORTER_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/option.h"
#include "base/text.h"
#include "exporter/config.h"

/* The exit status of wrong usage and wrong configurations. */
#define COMMAND_LINE_USAGE 2

enum command { COMMAND_RUN, COMMAND_METRICS, COMMAND_DESCRIBE, COMMAND_CONFIG, COMMAND_CHECK };

/* The command, which is the first argument unless that is a flag. Returns the number of words it took, 0 or 1, or
 * -EINVAL after saying on standard error that there is no such command. */
int command_line_find(int argc, char **argv, enum command *ret_command);

/* Says on standard error that a word of the command line is wrong: what, the word in quotes, more. Returns the exit
 * status. */
int command_line_refuse(const char *what, const char *word, const char *more);

/* Prints --version. Returns the exit status. */
int command_line_version(void);

/* The last flag of this name, NULL when it was not given. */
const struct config_flag *command_line_flag(const struct config_flag *flags, size_t count, const char *name);

/* Whether one of these flags, which belong to the command check only, was given; says so on standard error. */
bool command_line_misplaced(const struct option *options, const struct config_flag *flags, size_t count);

/* Prints --help. Returns the exit status. */
int command_line_help(const struct option_section *sections, size_t section_count);

/* Prints text to standard output. Returns the exit status. */
int command_line_print(const struct text *text);

/* Prints what is wrong to standard error, with the program's name. */
void command_line_errors(const struct text *why);

#endif
