/* SPDX-License-Identifier: Apache-2.0
 * Which snapshot SNMP shows. A walk goes through a table column by column, and nothing in SNMP tells one walk from
 * another: so the view stays the same while tables are asked for, within bounds, and the columns fit together. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_KEEPER_H
#define CHOKEPOINT_EXPORTER_SNMP_KEEPER_H

#include <stdbool.h>

#include "base/clock.h"
#include "exporter/snmp/view.h"
#include "snapshot/store.h"

/* The view is kept for so long after the last question for a table, but never longer than that altogether. */
#define KEEPER_PAUSE (1 * CLOCK_SECOND)
#define KEEPER_MOST  (10 * CLOCK_SECOND)

struct keeper;

/* The store outlives it. 0 or -ENOMEM. */
int keeper_new(struct snapshot_store *store, struct keeper **ret_keeper);

/* NULL is fine. */
void keeper_free(struct keeper *keeper);

/* The view to answer from; table tells whether the question is for a table. It lives until the next call. 0 or
 * -ENOMEM; then the view before is still good for the next call. */
int keeper_view(struct keeper *keeper, bool table, struct view **ret_view);

#endif
