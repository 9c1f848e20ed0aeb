/* SPDX-License-Identifier: Apache-2.0
 * The snapshot as the JSON document of /api/v1/snapshot. */
#ifndef CHOKEPOINT_EXPORTER_JSON_DOCUMENT_H
#define CHOKEPOINT_EXPORTER_JSON_DOCUMENT_H

#include "base/text.h"
#include "snapshot/snapshot.h"

/* Appends the document: {"sample": {...}, "tables": {NAME: {"help", "columns", "rows"}}}. 0 or -ENOMEM. */
int document_write(const struct snapshot *snapshot, struct text *text);

#endif
