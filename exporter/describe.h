/* SPDX-License-Identifier: Apache-2.0
 * The declarations as Markdown: docs/metrics.md is this output. */
#ifndef CHOKEPOINT_EXPORTER_DESCRIBE_H
#define CHOKEPOINT_EXPORTER_DESCRIBE_H

#include "base/text.h"

/* Appends a section for each table: its columns, metrics, labels, units and place in the MIB. 0 or -ENOMEM. */
int describe_metrics(struct text *text);

#endif
