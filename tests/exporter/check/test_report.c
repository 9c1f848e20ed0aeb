/* SPDX-License-Identifier: Apache-2.0
 * What `chokepoint check` prints: worst first, at most 80 columns, a plugin's one line with its figures, and what is
 * missing where nothing could be read. */
#include <stdio.h>
#include <stdlib.h>

#include "exporter/check/report.h"
#include "exporter/verdict.h"
#include "snapshot/tables/collectors.h"
#include "snapshot/tables/findings.h"
#include "snapshot/tables/port_use.h"
#include "tests/snapshot/sample.h"

#define LINE 80

static void put_collector(struct builder *builder, const char *name, bool works, const char *error)
{
    builder_row(builder, &table_collectors);
    builder_text(builder, COLLECTORS_COLLECTOR, name);
    builder_number(builder, COLLECTORS_SUCCESS, works);
    builder_text(builder, COLLECTORS_ERROR, error);
}

static void put_counts(struct builder *builder, uint64_t info, uint64_t warning, uint64_t critical)
{
    const uint64_t counts[] = {info, warning, critical};
    for (unsigned i = 0; i < 3; i++) {
        builder_row(builder, &table_finding_counts);
        builder_number(builder, FINDING_COUNTS_SEVERITY, i);
        builder_number(builder, FINDING_COUNTS_FINDINGS, counts[i]);
    }
}

static void put_finding(struct builder *builder, const char *name, const char *subject, unsigned severity,
                        const char *sentence)
{
    builder_row(builder, &table_findings);
    builder_text(builder, FINDINGS_FINDING, name);
    builder_text(builder, FINDINGS_SUBJECT, subject);
    builder_number(builder, FINDINGS_SEVERITY, severity);
    builder_text(builder, FINDINGS_SENTENCE, sentence);
    builder_text(builder, FINDINGS_CURE,
                 "Let relay keep its connections, whatever the other side thinks of that idea.");
    builder_text(builder, FINDINGS_REMEDY, "sysctl -w net.ipv4.tcp_tw_reuse=1");
    builder_text(builder, FINDINGS_UNDO, "sysctl -w net.ipv4.tcp_tw_reuse=2");
    builder_text(builder, FINDINGS_CAVEAT, "Needs TCP timestamps at both ends of each of these connections, always.");
}

/* A host with one finding of each severity, the worst one in the middle, and a threshold. */
static struct snapshot *troubled(void)
{
    struct builder *builder = sample_begin(NULL, 0);
    put_collector(builder, "tcp", true, NULL);
    put_finding(builder, "owner_unknown", "owners", FINDING_SEVERITY_INFO, "Nobody is known for 600 sockets.");
    put_finding(builder, "ephemeral_ports_filling", "198.51.100.7:1433 from 192.0.2.1", FINDING_SEVERITY_CRITICAL,
                "25,500 of 28,000 ports of 192.0.2.1 towards 198.51.100.7:1433 are taken | most by relay.");
    put_finding(builder, "mail_queue_old", "postfix main incoming", FINDING_SEVERITY_WARNING, "Mail is \033[31mlate.");
    put_counts(builder, 1, 1, 1);
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_SOURCE, "192.0.2.1");
    builder_text(builder, PORT_USE_DESTINATION, "198.51.100.7:1433");
    builder_real(builder, PORT_USE_RATIO, 0.911);
    builder_row(builder, &table_finding_thresholds);
    builder_text(builder, FINDING_THRESHOLDS_FINDING, "ephemeral_ports_filling");
    builder_text(builder, FINDING_THRESHOLDS_LEVEL, "ratio_critical");
    builder_real(builder, FINDING_THRESHOLDS_VALUE, 0.9);
    return sample_end(builder, NULL);
}

/* Columns on a terminal: bytes that do not continue a character. */
static size_t columns(const char *line, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)line[i] & 0xc0) != 0x80;
    return count;
}

static void expect_narrow(const char *text)
{
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        if (columns(line, length) > LINE)
            fail_msg("over %d columns: %.*s", LINE, (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void the_worst_is_first_and_lines_are_short(void **state)
{
    (void)state;
    struct snapshot *snapshot = troubled();
    struct text text = TEXT_EMPTY;
    assert_int_equal(report_text(snapshot, false, &text), 0);
    assert_int_equal(atoi(text_value(&text)), VERDICT_CRITICAL);
    expect_narrow(text_value(&text));
    const char *critical = strstr(text_value(&text), "critical  ephemeral_ports_filling");
    const char *warning = strstr(text_value(&text), "warning  mail_queue_old");
    const char *info = strstr(text_value(&text), "info  owner_unknown");
    assert_true(critical && warning && info && critical < warning && warning < info);
    assert_non_null(strstr(text_value(&text), "1 critical, 1 warning, 1 info"));
    assert_non_null(strstr(text_value(&text), "\n  undo    sysctl -w net.ipv4.tcp_tw_reuse=2\n"));
    assert_non_null(strstr(text_value(&text), "/runbooks/ephemeral_ports_filling"));
    assert_null(strchr(text_value(&text), '\033')); /* neither colours nor what a sentence brings along */
    text_free(&text);
    snapshot_release(snapshot);
}

static void colours_are_for_terminals(void **state)
{
    (void)state;
    struct snapshot *snapshot = troubled();
    struct text text = TEXT_EMPTY;
    assert_int_equal(report_text(snapshot, true, &text), 0);
    assert_non_null(strstr(text_value(&text), "\033[1;31mCRITICAL\033[0m"));
    assert_null(strstr(text_value(&text), "\033[31mlate"));
    text_free(&text);
    snapshot_release(snapshot);
}

static void a_plugin_prints_figures_behind_one_bar(void **state)
{
    (void)state;
    struct snapshot *snapshot = troubled();
    struct text text = TEXT_EMPTY;
    assert_int_equal(report_nagios(snapshot, &text), 0);
    const char *line = strchr(text_value(&text), '\n') + 1, *bar = strchr(line, '|');
    assert_int_equal(strncmp(line, "CHOKEPOINT CRITICAL - 25,500 of 28,000 ports", 44), 0);
    assert_non_null(bar);
    assert_null(strchr(bar + 1, '|'));
    assert_non_null(strstr(bar, "ports=91.10%;"));
    assert_non_null(strstr(bar, ";90;"));
    assert_non_null(strstr(bar, "critical=1;;1;0; warning=1;1;;0;\n"));
    assert_non_null(strstr(bar, "\nwarning: Mail is "));
    text_free(&text);
    snapshot_release(snapshot);
}

static void put_source(struct builder *builder, const char *collector, const char *source, bool read)
{
    builder_row(builder, &table_sources);
    builder_text(builder, SOURCES_COLLECTOR, collector);
    builder_text(builder, SOURCES_SOURCE, source);
    builder_number(builder, SOURCES_SUCCESS, read);
    builder_text(builder, SOURCES_ERROR, read ? NULL : "/var/spool: Permission denied");
}

/* One collector fails, one works but can read none of its sources (or one of them), and one has nothing to watch. */
static struct snapshot *blind(bool reads_one)
{
    struct builder *builder = sample_begin(NULL, 0);
    put_collector(builder, "tcp", false, "netlink: Operation not permitted");
    put_collector(builder, "mail", true, NULL);
    put_collector(builder, "disk", true, NULL);
    put_source(builder, "mail", "postfix:main", false);
    put_source(builder, "mail", "postfix:main:limits", reads_one);
    put_finding(builder, "collector_failing", "tcp", FINDING_SEVERITY_WARNING, "The collector tcp fails.");
    put_counts(builder, 0, 1, 0);
    return sample_end(builder, NULL);
}

static void what_is_read_in_part_is_a_warning(void **state)
{
    (void)state;
    struct snapshot *snapshot = blind(true);
    assert_int_equal(verdict_status(snapshot), VERDICT_WARNING);
    snapshot_release(snapshot);
}

static void where_nothing_is_read_it_says_what_is_missing(void **state)
{
    (void)state;
    struct snapshot *snapshot = blind(false);
    struct text text = TEXT_EMPTY;
    assert_int_equal(report_nagios(snapshot, &text), 0);
    assert_int_equal(atoi(text_value(&text)), VERDICT_UNKNOWN);
    assert_non_null(strstr(text_value(&text), "CHOKEPOINT UNKNOWN - Nothing can be read:"));
    assert_non_null(strstr(text_value(&text), " tcp: netlink: Operation not permitted"));
    assert_non_null(strstr(text_value(&text), " mail: /var/spool: Permission denied"));
    text_clear(&text);
    assert_int_equal(report_text(snapshot, false, &text), 0);
    expect_narrow(text_value(&text));
    assert_non_null(strstr(text_value(&text), "\nUNKNOWN  "));
    text_free(&text);
    snapshot_release(snapshot);
}

/* 2,000 findings: a screenful, the worst of them, and how many more there are. */
static void many_findings_are_cut(void **state)
{
    (void)state;
    struct builder *builder = sample_begin(NULL, 0);
    put_collector(builder, "tcp", true, NULL);
    for (unsigned i = 0; i < 2000; i++) {
        char subject[32];
        snprintf(subject, sizeof(subject), "subject %u", i);
        put_finding(builder, "mail_queue_old", subject, i % 100 == 7 ? 2 : 1, subject);
    }
    put_counts(builder, 0, 1980, 20);
    struct snapshot *snapshot = sample_end(builder, NULL);
    struct text text = TEXT_EMPTY;
    assert_int_equal(report_text(snapshot, false, &text), 0);
    unsigned critical = 0, all = 0;
    for (const char *at = text_value(&text); (at = strstr(at, "  mail_queue_old\n")); at++, all++)
        critical += strncmp(at - 8, "critical", 8) == 0;
    assert_int_equal(critical, 20);
    assert_int_equal(all, 40);
    assert_non_null(strstr(text_value(&text), "20 critical, 1980 warning"));
    assert_non_null(strstr(text_value(&text), " more; all are on the page"));
    text_free(&text);
    snapshot_release(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_is_first_and_lines_are_short),
        cmocka_unit_test(colours_are_for_terminals),
        cmocka_unit_test(a_plugin_prints_figures_behind_one_bar),
        cmocka_unit_test(what_is_read_in_part_is_a_warning),
        cmocka_unit_test(where_nothing_is_read_it_says_what_is_missing),
        cmocka_unit_test(many_findings_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
