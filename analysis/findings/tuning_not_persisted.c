/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/rules.h"
#include "analysis/findings/tuning_case.h"
#include "snapshot/tables/tuning.h"

/* A value that is not as advised has a finding of its own, whose command also persists it. */
static bool is_lost_at_boot(const struct builder *builder, size_t row)
{
    return builder_has(builder, &table_tuning, row, TUNING_PERSISTED) &&
           builder_get_number(builder, &table_tuning, row, TUNING_PERSISTED) == 0 &&
           builder_get_number(builder, &table_tuning, row, TUNING_OK) != 0;
}

static void say(const struct builder *builder, size_t row, struct text *sentence)
{
    const char *origin = builder_get_text(builder, &table_tuning, row, TUNING_ORIGIN);
    text_format(sentence, "%s is %s now, but a reboot would set something else%s%s.",
                builder_get_text(builder, &table_tuning, row, TUNING_KEY),
                builder_get_text(builder, &table_tuning, row, TUNING_TEXT), origin[0] ? ": " : "", origin);
}

static void evaluate(struct findings *findings, const void *values)
{
    tuning_case_evaluate(findings, values, is_lost_at_boot, say);
}

const struct finding_rule finding_tuning_not_persisted = {
    .name = "tuning_not_persisted",
    .help =
        "A setting is as advised, but a reboot would lose it; a warning only if what it bounds was short within a day.",
    .most = FINDING_SEVERITY_WARNING,
    .options = tuning_case_options,
    .options_size = sizeof(struct tuning_case_options),
    .evaluate = evaluate,
};
