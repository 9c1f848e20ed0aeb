/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_CONNTRACK_H
#define CHOKEPOINT_SNAPSHOT_TABLES_CONNTRACK_H

#include "snapshot/declaration.h"

enum { CONNTRACK_NETNS, CONNTRACK_ENTRIES, CONNTRACK_LIMIT, CONNTRACK_INSERT_FAILURES, CONNTRACK_DROPS };

extern const struct table table_conntrack;

#endif
