/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_SYSTEM_EVENTS_H
#define CHOKEPOINT_SNAPSHOT_TABLES_SYSTEM_EVENTS_H

#include "snapshot/declaration.h"

/* What the system itself logged about things that choke. Windows only. */
enum { SYSTEM_EVENTS_PROVIDER, SYSTEM_EVENTS_ID, SYSTEM_EVENTS_EVENTS };

extern const struct table table_system_events;

#endif
