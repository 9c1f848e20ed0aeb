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
    PORT_USE_DEMAND,
    PORT_USE_PEAK,
    PORT_USE_TAKEN,
    PORT_USE_EXHAUSTION,
    PORT_USE_CLIFF,
    PORT_USE_RATE,
    PORT_USE_HOLD,
};

enum {
    PORT_USERS_SOURCE,
    PORT_USERS_DESTINATION,
    PORT_USERS_PROCESS,
    PORT_USERS_UNIT,
    PORT_USERS_NETNS,
    PORT_USERS_USED,
};

enum {
    PORT_POOLS_SOURCE,
    PORT_POOLS_FAMILY, /* enum port_family */
    PORT_POOLS_NETNS,
    PORT_POOLS_USED,
    PORT_POOLS_USABLE,
    PORT_POOLS_RATIO,
    PORT_POOLS_SHARED,
    PORT_POOLS_DEMAND, /* these three only where every connection draws from the pool */
    PORT_POOLS_EXHAUSTION,
    PORT_POOLS_RATE,
};

enum port_family { PORT_FAMILY_IPV4, PORT_FAMILY_IPV6 };

enum {
    PORT_LIMITS_NETNS,
    PORT_LIMITS_TIME_WAIT,
    PORT_LIMITS_SUSTAINABLE,
};

extern const struct table table_port_use;
extern const struct table table_port_users;
extern const struct table table_port_pools;
extern const struct table table_port_limits;

#endif
