/* SPDX-License-Identifier: Apache-2.0
 * One snapshot as SNMP sees it: the rows of each table in the order of their index, which is not the snapshot's order
 * (a shorter text comes before a longer one). A table is put in order when it is first asked for. One thread. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_VIEW_H
#define CHOKEPOINT_EXPORTER_SNMP_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "snapshot/snapshot.h"

struct view;

/* A row, and its index as sub-identifiers (RFC 2578, 7.7). */
struct view_row {
    const uint32_t *index;
    size_t length;
    size_t row; /* in the snapshot */
};

/* A view of this snapshot, which it keeps by a reference of its own; NULL, before the first sample, shows empty tables.
 * 0 or -ENOMEM. */
int view_new(struct snapshot *snapshot, struct view **ret_view);

/* NULL is fine. */
void view_free(struct view *view);

/* What it shows; NULL before the first sample. Borrowed. */
const struct snapshot *view_snapshot(const struct view *view);

/* The rows of a table in order; they live with the view. 0 or -ENOMEM. */
int view_rows(struct view *view, const struct table *table, const struct view_row **ret_rows, size_t *ret_count);

#endif
