/* SPDX-License-Identifier: Apache-2.0
 * Draws conclusions from what the collectors put: pure functions, tables in, tables out. */
#ifndef CHOKEPOINT_ANALYSIS_ANALYSE_H
#define CHOKEPOINT_ANALYSIS_ANALYSE_H

#include "snapshot/builder.h"

/* Runs every analysis, in the order in which one needs the other's rows. Errors stick in the builder. */
void analyse(struct builder *builder);

#endif
