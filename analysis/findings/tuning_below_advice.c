/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/rules.h"
#include "analysis/findings/tuning_case.h"
#include "snapshot/tables/tuning.h"

static bool is_below(const struct builder *builder, size_t row)
{
    return builder_has(builder, &table_tuning, row, TUNING_OK) &&
           builder_get_number(builder, &table_tuning, row, TUNING_OK) == 0;
}

static void say(const struct builder *builder, size_t row, struct text *sentence)
{
    text_format(sentence, "%s is %s; we advise %s.", builder_get_text(builder, &table_tuning, row, TUNING_KEY),
                builder_get_text(builder, &table_tuning, row, TUNING_TEXT),
                builder_get_text(builder, &table_tuning, row, TUNING_ADVICE));
}

static void evaluate(struct findings *findings, const void *values)
{
    tuning_case_evaluate(findings, values, is_below, say);
}

const struct finding_rule finding_tuning_below_advice = {
    .name = "tuning_below_advice",
    .help = "A setting is not as we advise; a warning only if what it bounds was short within a day.",
    .most = FINDING_SEVERITY_WARNING,
    .options = tuning_case_options,
    .options_size = sizeof(struct tuning_case_options),
    .evaluate = evaluate,
};
