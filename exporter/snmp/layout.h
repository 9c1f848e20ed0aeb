/* SPDX-License-Identifier: Apache-2.0
 * How a declared table lies in the MIB: which of its columns has which number. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_LAYOUT_H
#define CHOKEPOINT_EXPORTER_SNMP_LAYOUT_H

#include <stddef.h>

#include "snapshot/declaration.h"

/* An address takes two columns of the MIB, an endpoint three; everything else one. */
enum layout_part { LAYOUT_WHOLE, LAYOUT_ADDRESS_TYPE, LAYOUT_ADDRESS, LAYOUT_ADDRESS_PORT };

struct layout_column {
    unsigned number; /* in the MIB */
    unsigned column; /* in the declaration */
    enum layout_part part;
};

#define LAYOUT_MAX_COLUMNS (3 * TABLE_MAX_COLUMNS)

struct layout {
    const struct table *table;
    struct layout_column columns[LAYOUT_MAX_COLUMNS]; /* by number */
    size_t count;
};

/* Lays out a table that has a place in the MIB. */
void layout_make(const struct table *table, struct layout *ret_layout);

/* The most sub-identifiers that an index of the table can have, by the bounds of its keys. */
size_t layout_index_bound(const struct table *table);

#endif
