/* SPDX-License-Identifier: Apache-2.0
 * The verdict over a snapshot: how bad it is, in one word and one sentence, and the findings in the order in which
 * people read them. The page, `check`, JSON and SNMP say the same. */
#ifndef CHOKEPOINT_EXPORTER_VERDICT_H
#define CHOKEPOINT_EXPORTER_VERDICT_H

#include "base/arena.h"
#include "base/text.h"
#include "snapshot/snapshot.h"

/* The exit statuses of `check`, which are those of monitoring plugins. */
enum verdict_status { VERDICT_OK, VERDICT_WARNING, VERDICT_CRITICAL, VERDICT_UNKNOWN };

/* "ok", "warning", "critical", "unknown", NULL-ended. */
extern const char *const verdict_words[];

/* The worst severity that stands, info being OK; UNKNOWN when nothing could be read and nothing critical is known. */
enum verdict_status verdict_status(const struct snapshot *snapshot);

/* How many findings of this severity stand, folded ones too. enum finding_severity. */
uint64_t verdict_count(const struct snapshot *snapshot, unsigned severity);

/* The rows of the table findings, `other` apart, worst first. In *ret_rows, which lives in arena. 0 or -ENOMEM. */
int verdict_order(const struct snapshot *snapshot, struct arena *arena, size_t **ret_rows, size_t *ret_count);

/* Appends one sentence: that of the worst finding, what works when there is none, or what cannot be read when that is
 * everything. */
void verdict_summary(const struct snapshot *snapshot, struct text *text);

#endif
