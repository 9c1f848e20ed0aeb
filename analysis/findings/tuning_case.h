/* SPDX-License-Identifier: Apache-2.0
 * What the findings about single settings share. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_TUNING_CASE_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_TUNING_CASE_H

#include "analysis/findings/finding.h"

struct tuning_case_options {
    struct finding_common common;
    double use;
    int64_t use_window;
};

/* Their options, ended by OPTION_END. */
extern const struct option tuning_case_options[];

/* Evaluates rows of the table tuning: a finding for each that `concerns`, info unless the resource that it bounds was
 * used much; `say` appends the sentence. */
void tuning_case_evaluate(struct findings *findings, const struct tuning_case_options *set,
                          bool (*concerns)(const struct builder *builder, size_t row),
                          void (*say)(const struct builder *builder, size_t row, struct text *sentence));

#endif
