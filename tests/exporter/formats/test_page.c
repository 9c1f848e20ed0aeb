/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "exporter/page/html.h"
#include "exporter/page/human.h"
#include "exporter/page/page.h"
#include "tests/exporter/formats/filled.h"

#define LINE 100

static struct text written(const struct snapshot *snapshot, int (*write)(const struct snapshot *, struct text *))
{
    struct text text = TEXT_EMPTY;
    assert_int_equal(write(snapshot, &text), 0);
    return text;
}

static void every_declared_column_is_on_the_page(void **state)
{
    (void)state;
    struct snapshot *snapshot = filled_snapshot(false);
    struct text page = written(snapshot, page_write);
    char part[128];
    for (size_t t = 0; tables[t]; t++) {
        snprintf(part, sizeof(part), "<details id=\"table-%s\">", tables[t]->name);
        const char *section = strstr(text_value(&page), part);
        assert_int_equal(section != NULL, !tables[t]->internal);
        for (unsigned i = 0; i < tables[t]->column_count && section; i++) {
            snprintf(part, sizeof(part), ">%s<", tables[t]->columns[i].name);
            for (char *blank = part; (blank = strchr(blank, '_')) != NULL;)
                *blank = ' ';
            if (!strstr(section, part))
                fail_msg("%s.%s is not on the page", tables[t]->name, tables[t]->columns[i].name);
        }
    }
    text_free(&page);
    snapshot_release(snapshot);
}

/* Names as a process may have them. */
static struct snapshot *hostile(void)
{
    struct builder *builder = sample_begin(NULL, 0);
    builder_row(builder, &table_tcp_sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, "<script>'x'</script>\x1b[2J\"&");
    builder_number(builder, TCP_SOCKETS_STATE, TCP_STATE_ESTABLISHED);
    builder_number(builder, TCP_SOCKETS_SOCKETS, 3);
    return sample_end(builder, NULL);
}

static void names_are_only_text(void **state)
{
    (void)state;
    struct snapshot *snapshot = hostile();
    struct text page = written(snapshot, page_write), status = written(snapshot, status_write);
    assert_null(strstr(text_value(&page), "<script>"));
    assert_non_null(strstr(text_value(&page), "&lt;script&gt;&#39;x&#39;&lt;/script&gt;"));
    assert_null(strchr(text_value(&page), 0x1b));
    assert_null(strchr(text_value(&status), 0x1b));
    text_free(&page);
    text_free(&status);
    snapshot_release(snapshot);
}

static void lines_of_the_status_fit_a_terminal(void **state)
{
    (void)state;
    struct snapshot *snapshots[] = {filled_snapshot(false), hostile()};
    for (size_t i = 0; i < 2; i++) {
        struct text text = written(snapshots[i], status_write);
        char *rest = text.data, *line;
        while ((line = strsep(&rest, "\n")) != NULL) {
            if (human_width(line) > LINE)
                fail_msg("%zu columns: %s", human_width(line), line);
            assert_true(*line == '\0' || line[strlen(line) - 1] != ' ');
        }
        text_free(&text);
        snapshot_release(snapshots[i]);
    }
}

static void a_finding_leads_to_its_runbook(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    builder_row(builder, &table_findings);
    builder_text(builder, FINDINGS_FINDING, "mail_queue_old");
    builder_text(builder, FINDINGS_SUBJECT, "postfix main active");
    builder_number(builder, FINDINGS_SEVERITY, FINDING_SEVERITY_CRITICAL);
    builder_row(builder, &table_findings);
    builder_text(builder, FINDINGS_FINDING, "\"><b>");
    builder_number(builder, FINDINGS_SEVERITY, FINDING_SEVERITY_INFO);
    struct snapshot *snapshot = sample_end(builder, NULL);
    struct text page = written(snapshot, page_write);
    assert_non_null(strstr(text_value(&page), "<a href=\"/runbooks/mail_queue_old\">mail_queue_old</a>"));
    assert_non_null(strstr(text_value(&page), "<a href=\"/runbooks/&quot;&gt;&lt;b&gt;\">"));
    assert_non_null(strstr(text_value(&page), "<p class=\"verdict unknown\">UNKNOWN: "));
    text_free(&page);
    snapshot_release(snapshot);
}

static void a_failed_source_is_told_first(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    builder_row(builder, &table_sources);
    builder_text(builder, SOURCES_COLLECTOR, "mail");
    builder_text(builder, SOURCES_SOURCE, "postfix:main");
    builder_number(builder, SOURCES_SUCCESS, 0);
    builder_text(builder, SOURCES_ERROR, "/var/spool/postfix: Permission denied");
    struct snapshot *snapshot = sample_end(builder, NULL);
    struct text page = written(snapshot, page_write), status = written(snapshot, status_write);
    const char *alarm = strstr(text_value(&page), "role=\"alert\""), *first = strstr(text_value(&page), "<h2>");
    assert_non_null(alarm);
    assert_true(alarm < first);
    assert_non_null(strstr(text_value(&status), "postfix:main"));
    assert_non_null(strstr(text_value(&status), "/var/spool/postfix: Permission denied"));
    text_free(&page);
    text_free(&status);
    snapshot_release(snapshot);
}

static void a_host_without_anything_is_no_error(void **state)
{
    (void)state;
    struct snapshot *snapshot = sample_end(sample_begin(NULL, 0), NULL);
    struct text page = written(snapshot, page_write), status = written(snapshot, status_write);
    assert_non_null(strstr(text_value(&page), "</html>"));
    assert_non_null(strstr(text_value(&status), "Mail queues"));
    text_free(&page);
    text_free(&status);
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_declared_column_is_on_the_page), cmocka_unit_test(names_are_only_text),
        cmocka_unit_test(lines_of_the_status_fit_a_terminal),   cmocka_unit_test(a_failed_source_is_told_first),
        cmocka_unit_test(a_finding_leads_to_its_runbook),       cmocka_unit_test(a_host_without_anything_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
