/* SPDX-License-Identifier: Apache-2.0
 * What collector_failing and mail_unreadable share: a source that cannot be read. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_SOURCE_CASE_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_SOURCE_CASE_H

#include "analysis/findings/finding.h"

/* Weighs whether something is read, and remembers that it was: info where it never could be, a warning in the second
 * sample where it could be before, or where it has to work. */
enum finding_level source_case_weigh(struct findings *findings, const char *subject, bool read, bool must_work);

/* Looks at the sources of the mail collector, or at those of all others. */
void source_case_evaluate(struct findings *findings, bool mail);

#endif
