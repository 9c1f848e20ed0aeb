/* SPDX-License-Identifier: Apache-2.0
 * The verdict as JSON: what `chokepoint check --format=json` prints. */
#ifndef CHOKEPOINT_EXPORTER_JSON_FINDINGS_H
#define CHOKEPOINT_EXPORTER_JSON_FINDINGS_H

#include "base/text.h"
#include "snapshot/snapshot.h"

/* Appends {"status", "code", "summary", "sample": {...}, "counts": {...}, "findings": [{...}]}, worst finding first,
 * each with the columns of the table findings that are not absent, and a newline. 0 or -ENOMEM. */
int findings_write(const struct snapshot *snapshot, struct text *text);

#endif
