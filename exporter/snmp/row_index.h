/* SPDX-License-Identifier: Apache-2.0
 * The index of a row (RFC 2578, 7.7): its keys in declared order, or its row number. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_ROW_INDEX_H
#define CHOKEPOINT_EXPORTER_SNMP_ROW_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "snapshot/snapshot.h"

/* Most sub-identifiers below a column. The ctest that reads the MIB sums the worst case of every table. */
#define ROW_INDEX_MAX 114u

/* Writes the index of the row to parts, which has room for ROW_INDEX_MAX; returns its length. */
size_t row_index_write(const struct snapshot *snapshot, const struct table *table, size_t row, uint32_t *parts);

#endif
