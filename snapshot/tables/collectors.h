/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_COLLECTORS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_COLLECTORS_H

#include "snapshot/declaration.h"

enum {
    COLLECTORS_COLLECTOR,
    COLLECTORS_SUCCESS,
    COLLECTORS_DURATION,
    COLLECTORS_LAST_SUCCESS,
    COLLECTORS_ERROR, /* note */
};

enum {
    SOURCES_COLLECTOR,
    SOURCES_SOURCE,
    SOURCES_SUCCESS,
    SOURCES_ERROR, /* note: what could not be read, and why */
};

extern const struct table table_collectors;
extern const struct table table_sources;

#endif
