/* SPDX-License-Identifier: Apache-2.0
 * One log line when a collector or source begins to fail or works again: once, with who and why. */
#ifndef CHOKEPOINT_EXPORTER_SOURCES_LOG_H
#define CHOKEPOINT_EXPORTER_SOURCES_LOG_H

#include "snapshot/snapshot.h"

/* Logs what changed from the snapshot before (NULL for the first) to this one. */
void sources_log_changes(const struct snapshot *before, const struct snapshot *now);

#endif
