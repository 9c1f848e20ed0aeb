/* SPDX-License-Identifier: Apache-2.0
 * Which Windows this is. */
#ifndef CHOKEPOINT_COLLECTORS_WINDOWS_LIVE_VERSION_H
#define CHOKEPOINT_COLLECTORS_WINDOWS_LIVE_VERSION_H

#include "collectors/windows_version.h"

/* Reads it from the live registry: what GetVersionEx() says depends on the program's manifest. Fails like
 * windows_version_find(). */
int windows_version_read(struct windows_version *ret_version);

#endif
