/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_LISTENERS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_LISTENERS_H

#include "snapshot/declaration.h"

enum {
    LISTENERS_PROCESS,
    LISTENERS_UNIT,
    LISTENERS_ADDRESS,
    LISTENERS_PORT,
    LISTENERS_NETNS,
    LISTENERS_QUEUE,
    LISTENERS_QUEUE_LIMIT,
    LISTENERS_LISTENERS,
};

extern const struct table table_listeners;

#endif
