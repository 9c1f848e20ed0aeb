/* SPDX-License-Identifier: Apache-2.0
 * The verdict over one sample: every rule that is on is evaluated, and findings, their counts and thresholds are put.
 */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_FINDINGS_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_FINDINGS_H

#include "base/arena.h"
#include "base/option.h"
#include "snapshot/builder.h"

/* Makes the YAML section `findings`: one group a rule. Options and names live in arena. 0 or -ENOMEM. */
int findings_section(struct arena *arena, struct option_section *ret_section);

/* Reads what all other analyses put, and puts findings, finding_counts, finding_thresholds and finding_memory. values
 * is a struct of the section. Errors stick in the builder. */
void findings_analyse(struct builder *builder, const void *values);

/* Appends every finding with its options as Markdown. 0 or -ENOMEM. */
int findings_describe(struct text *text);

#endif
