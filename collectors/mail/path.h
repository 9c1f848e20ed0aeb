/* SPDX-License-Identifier: Apache-2.0
 * Paths as the configuration has them. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_PATH_H
#define CHOKEPOINT_COLLECTORS_MAIL_PATH_H

#include <stdbool.h>

/* An example of an absolute path, for messages. */
extern const char mail_path_allowed[];

/* Whether a path does not depend on where the agent was started: "/srv/spool"; on Windows "C:\\spool" or
 * "\\\\server\\share". */
bool mail_path_is_absolute(const char *path);

#endif
