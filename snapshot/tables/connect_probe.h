/* SPDX-License-Identifier: Apache-2.0
 * Whether a connection to a destination of the user's choice can be opened. No row where none is chosen. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_CONNECT_PROBE_H
#define CHOKEPOINT_SNAPSHOT_TABLES_CONNECT_PROBE_H

#include "snapshot/declaration.h"

enum {
    CONNECT_PROBE_SUCCESS,
    CONNECT_PROBE_TARGET,
    CONNECT_PROBE_ERROR,
};

extern const struct table table_connect_probe;

#endif
