/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/tuning_case.h"

#include <stdio.h>

#include "analysis/findings/resource.h"
#include "snapshot/tables/tuning.h"

const struct option tuning_case_options[] = {
    FINDING_REAL(tuning_case_options, use, "0.25", 1, "a warning where more of the resource that it bounds was used,"),
    FINDING_DURATION(tuning_case_options, use_window, "1d", "and its own finding warned, within this time; else info"),
    FINDING_CLEAR(tuning_case_options, "0s"),
    OPTION_END,
};

static const struct table *const table = &table_tuning;

static void put(struct findings *findings, enum finding_level level, const char *subject, size_t row,
                void (*say)(const struct builder *builder, size_t row, struct text *sentence))
{
    const struct builder *builder = findings_builder(findings);
    struct finding *finding = findings_draft(findings);
    finding->subject = subject;
    finding->netns = builder_get_text(builder, table, row, TUNING_NETNS);
    say(builder, row, &finding->sentence);
    text_string(&finding->cure, builder_get_text(builder, table, row, TUNING_REASON));
    text_string(&finding->remedy, builder_get_text(builder, table, row, TUNING_COMMAND));
    text_string(&finding->undo, builder_get_text(builder, table, row, TUNING_UNDO));
    text_string(&finding->caveat, builder_get_text(builder, table, row, TUNING_CAVEAT));
    findings_raise(findings, level, finding);
}

void tuning_case_evaluate(struct findings *findings, const struct tuning_case_options *set,
                          bool (*concerns)(const struct builder *builder, size_t row),
                          void (*say)(const struct builder *builder, size_t row, struct text *sentence))
{
    const struct builder *builder = findings_builder(findings);
    bool felt[RESOURCE_COUNT];
    resources_felt(findings, set->use, set->use_window, felt);
    for (size_t row = 0; row < builder_row_count(builder, table); row++) {
        char subject[2 * FINDING_SUBJECT_BOUND];
        const char *key = builder_get_text(builder, table, row, TUNING_KEY);
        const char *field = builder_get_text(builder, table, row, TUNING_FIELD);
        bool concerned = concerns(builder, row);
        (void)snprintf(subject, sizeof(subject), "%s%s%s", key, field[0] ? " " : "", field);
        const struct finding_condition conditions[] = {
            {"set", FINDING_INFO, concerned, false, FINDING_AT_ONCE},
            {"felt", FINDING_WARNING, concerned && felt[resource_of(key)], false, FINDING_AT_ONCE},
        };
        enum finding_level level =
            findings_weigh(findings, subject, builder_get_text(builder, table, row, TUNING_NETNS), conditions, 2);
        if (level != FINDING_NONE)
            put(findings, level, subject, row, say);
    }
}
