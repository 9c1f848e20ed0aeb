/* SPDX-License-Identifier: Apache-2.0
 * Cells as people read them. Both the HTML page and the plain text use it. */
#ifndef CHOKEPOINT_EXPORTER_PAGE_HUMAN_H
#define CHOKEPOINT_EXPORTER_PAGE_HUMAN_H

#include "base/human.h"
#include "snapshot/snapshot.h"

/* Appends the cell by its declared type and unit; nothing where it is absent. */
void human_cell(struct text *text, const struct snapshot *snapshot, const struct table *table, size_t row,
                unsigned column);

/* Appends two cells as a part of a whole: 14,100 of 28,232. The part alone where the whole is absent. */
void human_part(struct text *text, const struct snapshot *snapshot, const struct table *table, size_t row,
                unsigned part, unsigned whole);

#endif
