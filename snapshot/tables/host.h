/* SPDX-License-Identifier: Apache-2.0
 * What kind of system the sample is of: findings speak its language. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_HOST_H
#define CHOKEPOINT_SNAPSHOT_TABLES_HOST_H

#include "snapshot/declaration.h"

enum { HOST_PLATFORM };

/* The words of host.platform. */
enum host_platform { HOST_LINUX, HOST_WINDOWS };

extern const struct table table_host;

#endif
