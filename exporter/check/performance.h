/* SPDX-License-Identifier: Apache-2.0
 * Performance data of a monitoring plugin: 'label'=value[unit];warning;critical;minimum;maximum. */
#ifndef CHOKEPOINT_EXPORTER_CHECK_PERFORMANCE_H
#define CHOKEPOINT_EXPORTER_CHECK_PERFORMANCE_H

#include "base/text.h"
#include "snapshot/snapshot.h"

/* Appends the greatest of each resource on one line, with the thresholds in force. Labels never change. */
void performance_write(const struct snapshot *snapshot, struct text *text);

#endif
