/* SPDX-License-Identifier: Apache-2.0
 * Every declared column is documented; docs/metrics.md is what `chokepoint describe metrics` prints. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "exporter/describe.h"
#include "snapshot/tables/all.h"
#include "tests/cmocka.h"

static void every_declared_column_is_documented(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY;
    char part[256];
    assert_int_equal(describe_metrics(&text), 0);
    for (size_t t = 0; tables[t]; t++) {
        snprintf(part, sizeof(part), "\n## %s\n", tables[t]->name);
        const char *section = strstr(text_value(&text), part);
        assert_int_equal(section != NULL, !tables[t]->internal);
        for (unsigned i = 0; i < tables[t]->column_count && section; i++) {
            const struct column *column = &tables[t]->columns[i];
            snprintf(part, sizeof(part), "`%s`", column->name);
            if (!strstr(section, part))
                fail_msg("%s is not in the section of %s", part, tables[t]->name);
            snprintf(part, sizeof(part), "`%s%s",
                     column->metric && strncmp(column->metric, "process_", 8) ? "chokepoint_" : "",
                     column->metric ? column->metric : "");
            if (column->metric && !strstr(section, part))
                fail_msg("%s is not in the section of %s", part, tables[t]->name);
        }
    }
    text_free(&text);
}

static void the_page_in_docs_is_this_output(void **state)
{
    (void)state;
    struct text text = TEXT_EMPTY, page = TEXT_EMPTY;
    assert_int_equal(describe_metrics(&text), 0);
    assert_int_equal(file_read(METRICS_PAGE, 1 << 24, &page), 0);
    if (strcmp(text_value(&page), text_value(&text)) != 0)
        fail_msg("docs/metrics.md is old: chokepoint describe metrics > docs/metrics.md");
    text_free(&text);
    text_free(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_declared_column_is_documented),
        cmocka_unit_test(the_page_in_docs_is_this_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
