/* SPDX-License-Identifier: Apache-2.0
 * Which path serves which format; that of the metrics is a setting. */
#ifndef CHOKEPOINT_EXPORTER_PATHS_H
#define CHOKEPOINT_EXPORTER_PATHS_H

#include <stdbool.h>

#include "exporter/renderer.h"

/* The format that this path serves. False, with *ret_format untouched, where there is none. */
bool paths_find(const char *path, enum format *ret_format);

#endif
