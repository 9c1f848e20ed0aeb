/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_PORT_USE_H
#define CHOKEPOINT_SNAPSHOT_TABLES_PORT_USE_H

#include "snapshot/declaration.h"

enum {
    PORT_USE_SOURCE,
    PORT_USE_DESTINATION,
    PORT_USE_NETNS,
    PORT_USE_USED,
    PORT_USE_REUSABLE,
    PORT_USE_USABLE,
    PORT_USE_RATIO,
};

enum {
    PORT_USERS_SOURCE,
    PORT_USERS_DESTINATION,
    PORT_USERS_PROCESS,
    PORT_USERS_UNIT,
    PORT_USERS_NETNS,
    PORT_USERS_USED,
};

extern const struct table table_port_use;
extern const struct table table_port_users;

#endif
