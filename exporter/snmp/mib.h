/* SPDX-License-Identifier: Apache-2.0
 * CHOKEPOINT-MIB below a root: get and next over its scalars (ROOT.1.N.0) and tables (ROOT.2.TABLE.1.COLUMN.INDEX).
 * Pure: no SNMP library is needed to ask. Every answer costs O(log rows); a next that crosses columns without a single
 * value looks at each of their rows once. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_MIB_H
#define CHOKEPOINT_EXPORTER_SNMP_MIB_H

#include <stdbool.h>

#include "exporter/snmp/object_id.h"
#include "exporter/snmp/value.h"
#include "exporter/snmp/view.h"

struct mib;

/* The MIB below this root, which object_id_is_root() accepts. 0 or -ENOMEM. */
int mib_new(const struct object_id *root, struct mib **ret_mib);

/* NULL is fine. */
void mib_free(struct mib *mib);

/* The value at exactly this place. 0, -ENOENT where no object is (noSuchObject), -ENODATA where an object is but not
 * this instance of it (noSuchInstance), or -ENOMEM. */
int mib_get(const struct mib *mib, struct view *view, const struct object_id *id, struct value *ret_value);

/* The first place after `from`, or at it if inclusive, and its value. 0, -ENOENT where none follows, or -ENOMEM. */
int mib_next(const struct mib *mib, struct view *view, const struct object_id *from, bool inclusive,
             struct object_id *ret_id, struct value *ret_value);

/* Whether the place is in the part of the MIB that holds the tables. */
bool mib_is_table(const struct mib *mib, const struct object_id *id);

#endif
