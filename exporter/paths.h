/* SPDX-License-Identifier: Apache-2.0
 * Which path serves what; that of the metrics is a setting. */
#ifndef CHOKEPOINT_EXPORTER_PATHS_H
#define CHOKEPOINT_EXPORTER_PATHS_H

#include <stdbool.h>

#include "exporter/renderer.h"

#define PATHS_HEALTHY  "/-/healthy"
#define PATHS_READY    "/-/ready"
#define PATHS_RUNBOOKS "/runbooks/" /* and below it, the name of a finding */

/* The format that this path serves. False, with *ret_format untouched, where there is none. */
bool paths_find(const char *path, enum format *ret_format);

/* The name below PATHS_RUNBOOKS, inside of path; it may be empty. NULL for any other path. */
const char *paths_runbook(const char *path);

/* Whether nothing above serves this path, so that the metrics can. */
bool paths_is_free(const char *path);

#endif
