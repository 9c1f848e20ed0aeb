/* SPDX-License-Identifier: Apache-2.0
 * What `exim -bP` prints: main options, then the transports. Exim's configuration has macros, includes and conditions,
 * so only Exim itself can tell. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_LIMITS_H
#define CHOKEPOINT_COLLECTORS_MAIL_SERVERS_EXIM_LIMITS_H

#include "collectors/mail/limits.h"

/* What to ask for, NULL-ended: the arguments after the program and -bP. */
extern const char *const exim_limits_names[];

/* Start with zeroes; texts live in limits.arena, NULL where they were not told. */
struct exim_settings {
    struct limits limits;
    double required_bytes; /* NaN: none is demanded */
    const char *spool_directory;
    const char *configure_file;
    const char *pid_file;
};

/* Reads what was printed, which is changed. 0, -ENOMEM, or -EINVAL where it is no output of Exim. */
int exim_settings_parse(struct exim_settings *settings, char *output);

/* Gives the memory back. */
void exim_settings_free(struct exim_settings *settings);

#endif
