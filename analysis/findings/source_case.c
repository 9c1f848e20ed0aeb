/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/source_case.h"
#include "analysis/findings/remedies.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "snapshot/tables/collectors.h"

enum finding_level source_case_weigh(struct findings *findings, const char *subject, bool read, bool must_work)
{
    bool was_read = !isinf(findings_seconds_since(findings, subject, NULL, "read", read));
    const struct finding_condition conditions[] = {
        {"unread", FINDING_INFO, !read, false, FINDING_AT_ONCE},
        {"lost", FINDING_WARNING, !read && (was_read || must_work), false, FINDING_TWO_SAMPLES},
    };
    return findings_weigh(findings, subject, NULL, conditions, 2);
}

static void look_at(struct findings *findings, size_t row)
{
    const struct builder *builder = findings_builder(findings);
    const char *source = builder_get_text(builder, &table_sources, row, SOURCES_SOURCE);
    const char *error = builder_get_text(builder, &table_sources, row, SOURCES_ERROR);
    bool read = builder_get_number(builder, &table_sources, row, SOURCES_SUCCESS) != 0;
    enum finding_level level = source_case_weigh(findings, source, read, false);
    if (level == FINDING_NONE)
        return;
    struct finding *finding = findings_draft(findings);
    finding->subject = source;
    if (read)
        text_format(&finding->sentence, "%s can be read again.", source);
    else
        text_format(&finding->sentence, "%s cannot be read%s%s: what it would tell is missing, not zero.", source,
                    error[0] ? ": " : "", error);
    text_string(&finding->cure, "Permission denied: run the agent with the rights that README.md names for it. No such "
                                "file: the server moved, or its configuration changed.");
    text_string(&finding->remedy, remedies_of(findings)->agent_log);
    text_string(&finding->caveat, "No more rights than that: it never needs to be root or an administrator.");
    findings_raise(findings, level, finding);
}

void source_case_evaluate(struct findings *findings, bool mail)
{
    const struct builder *builder = findings_builder(findings);
    for (size_t row = 0; row < builder_row_count(builder, &table_sources); row++)
        if ((strcmp(builder_get_text(builder, &table_sources, row, SOURCES_COLLECTOR), "mail") == 0) == mail)
            look_at(findings, row);
}
