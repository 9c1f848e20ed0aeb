/* SPDX-License-Identifier: Apache-2.0
 * The snapshot as Prometheus text 0.0.4 and as OpenMetrics 1.0.0. */
#ifndef CHOKEPOINT_EXPORTER_PROMETHEUS_EXPOSITION_H
#define CHOKEPOINT_EXPORTER_PROMETHEUS_EXPOSITION_H

#include "base/text.h"
#include "snapshot/snapshot.h"

enum exposition_format { EXPOSITION_TEXT, EXPOSITION_OPENMETRICS };

/* Appends every metric of the snapshot, family by family. 0 or -ENOMEM.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and OpenMetrics 1.0. */
int exposition_write(const struct snapshot *snapshot, enum exposition_format format, struct text *text);

#endif
