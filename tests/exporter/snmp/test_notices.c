/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/notices.h"

#include <stdio.h>

#include "snapshot/tables/mail_queues.h"
#include "tests/snapshot/sample.h"

#define INFO     FINDING_SEVERITY_INFO
#define WARNING  FINDING_SEVERITY_WARNING
#define CRITICAL FINDING_SEVERITY_CRITICAL

static struct notices *notices;
static struct snapshot *snapshot;
static struct builder *builder;
static unsigned put_count[3];

static int set_up(void **state)
{
    (void)state;
    snapshot = NULL;
    assert_int_equal(notices_new(FINDING_SEVERITY_WARNING, &notices), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    notices_free(notices);
    snapshot_release(snapshot);
    return 0;
}

static void begin(void)
{
    builder = sample_begin(snapshot, 0);
    memset(put_count, 0, sizeof(put_count));
}

/* A finding as the analysis puts it, and what it remembers of it. */
static void put_in(const char *netns, const char *subject, unsigned severity)
{
    builder_row(builder, &table_findings);
    builder_text(builder, FINDINGS_FINDING, "mail_queue_old");
    builder_text(builder, FINDINGS_SUBJECT, subject);
    builder_text(builder, FINDINGS_NETNS, netns);
    builder_text(builder, FINDINGS_PROCESS, "relay-a");
    builder_text(builder, FINDINGS_DESTINATION, "192.0.2.1:25");
    builder_number(builder, FINDINGS_MTA, MAIL_POSTFIX);
    builder_number(builder, FINDINGS_SEVERITY, severity);
    builder_text(builder, FINDINGS_SENTENCE, "It is old.\n");
    builder_text(builder, FINDINGS_REMEDY, "postqueue -f");
    builder_row(builder, &table_finding_memory);
    builder_text(builder, FINDING_MEMORY_FINDING, "mail_queue_old");
    builder_text(builder, FINDING_MEMORY_SUBJECT, subject);
    builder_text(builder, FINDING_MEMORY_NETNS, netns);
    builder_text(builder, FINDING_MEMORY_NAME, "old");
    builder_number(builder, FINDING_MEMORY_STANDS, 1);
    put_count[severity]++;
}

static void put(const char *subject, unsigned severity)
{
    put_in(NULL, subject, severity);
}

static void put_many(const char *prefix, unsigned count, unsigned severity)
{
    char subject[32];
    for (unsigned i = 0; i < count; i++) {
        snprintf(subject, sizeof(subject), "%s-%04u", prefix, i);
        put(subject, severity);
    }
}

static void end(void)
{
    for (unsigned severity = INFO; severity <= CRITICAL; severity++) {
        builder_row(builder, &table_finding_counts);
        builder_number(builder, FINDING_COUNTS_SEVERITY, severity);
        builder_number(builder, FINDING_COUNTS_FINDINGS, put_count[severity]);
    }
    snapshot = sample_end(builder, snapshot);
    assert_int_equal(notices_follow(notices, snapshot), 0);
}

/* A sample with this one finding. */
static void follow(const char *subject, unsigned severity)
{
    begin();
    put(subject, severity);
    end();
}

static void follow_nothing(void)
{
    begin();
    end();
}

/* Takes the next one that waits, which must be this one. */
static void expect(uint32_t sequence, enum notice_kind kind, const char *subject, unsigned severity)
{
    const struct notice *notice = notices_first(notices);
    assert_non_null(notice);
    assert_int_equal(notice->sequence, sequence);
    assert_int_equal(notice->kind, kind);
    assert_string_equal(notice->subject, subject);
    assert_int_equal(notice->severity, severity);
    notices_sent(notices);
    notices_answered(notices, true);
}

static void expect_nothing(void)
{
    assert_null(notices_first(notices));
    assert_int_equal(notices_waiting(notices), 0);
}

static void it_tells_what_is_raised_and_cleared_once(void **state)
{
    (void)state;
    follow("deferred", WARNING);
    follow("deferred", WARNING);
    expect(1, NOTICE_RAISED, "deferred", WARNING);
    expect_nothing();
    follow_nothing();
    follow_nothing();
    expect(2, NOTICE_CLEARED, "deferred", WARNING);
    expect_nothing();
}

static void it_says_who_does_it(void **state)
{
    (void)state;
    follow("deferred", WARNING);
    const struct notice *notice = notices_first(notices);
    assert_string_equal(notice->finding, "mail_queue_old");
    assert_string_equal(notice->culprit, "process relay-a, destination 192.0.2.1:25, mta postfix");
    assert_string_equal(notice->sentence, "It is old.\\n");
    assert_string_equal(notice->remedy, "postqueue -f");
    assert_string_equal(notice->netns, "");
}

static void a_severity_that_changes_is_told(void **state)
{
    (void)state;
    follow("deferred", WARNING);
    follow("deferred", CRITICAL);
    follow("deferred", WARNING);
    follow("deferred", INFO);
    follow("deferred", INFO);
    expect(1, NOTICE_RAISED, "deferred", WARNING);
    expect(2, NOTICE_RAISED, "deferred", CRITICAL);
    expect(3, NOTICE_RAISED, "deferred", WARNING);
    expect(4, NOTICE_CLEARED, "deferred", WARNING);
    expect_nothing();
}

static void what_is_less_bad_is_not_told(void **state)
{
    (void)state;
    follow("deferred", INFO);
    follow_nothing();
    expect_nothing();
}

static void a_namespace_tells_findings_apart(void **state)
{
    (void)state;
    begin();
    put_in("blue", "deferred", WARNING);
    put_in("green", "deferred", WARNING);
    end();
    begin();
    put_in("green", "deferred", WARNING);
    end();
    expect(1, NOTICE_RAISED, "deferred", WARNING);
    expect(2, NOTICE_RAISED, "deferred", WARNING);
    assert_string_equal(notices_first(notices)->netns, "blue");
    expect(3, NOTICE_CLEARED, "deferred", WARNING);
    expect_nothing();
}

static void the_worst_comes_first(void **state)
{
    (void)state;
    begin();
    put("a", WARNING);
    put("b", INFO);
    put("c", CRITICAL);
    end();
    expect(1, NOTICE_RAISED, "c", CRITICAL);
    expect(2, NOTICE_RAISED, "a", WARNING);
    expect_nothing();
}

static void what_stands_is_repeated_unless_it_waits(void **state)
{
    (void)state;
    follow("a", WARNING);
    expect(1, NOTICE_RAISED, "a", WARNING);
    begin();
    put("a", WARNING);
    put("b", CRITICAL);
    end();
    notices_repeat(notices);
    expect(2, NOTICE_RAISED, "b", CRITICAL);
    expect(3, NOTICE_RAISED, "a", WARNING);
    expect_nothing();
    follow_nothing();
    notices_repeat(notices);
    expect(4, NOTICE_CLEARED, "a", WARNING);
    expect(5, NOTICE_CLEARED, "b", CRITICAL);
    expect_nothing();
}

/* Nobody sends: the queue keeps the newest, and the numbers tell how many are missing. */
static void the_queue_is_bounded(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NOTICES_QUEUED; i++) {
        follow("deferred", WARNING);
        follow_nothing();
    }
    assert_int_equal(notices_waiting(notices), NOTICES_QUEUED);
    assert_int_equal(notices_lost(notices), NOTICES_QUEUED);
    assert_int_equal(notices_first(notices)->sequence, NOTICES_QUEUED + 1);
    notices_sent(notices);
    follow("deferred", WARNING); /* takes the place of the oldest that is not sent */
    assert_int_equal(notices_waiting(notices), NOTICES_QUEUED);
    assert_int_equal(notices_first(notices)->sequence, NOTICES_QUEUED + 3);
    notices_take_back(notices);
    expect(NOTICES_QUEUED + 1, NOTICE_RAISED, "deferred", WARNING);
    expect(NOTICES_QUEUED + 3, NOTICE_RAISED, "deferred", WARNING);
}

static void what_nobody_answers_is_sent_twice(void **state)
{
    (void)state;
    follow("a", WARNING);
    assert_int_equal(notices_first(notices)->sequence, 1);
    notices_sent(notices);
    follow_nothing();
    assert_int_equal(notices_first(notices)->sequence, 2);
    assert_int_equal(notices_waiting(notices), 2);
    notices_take_back(notices); /* of the two only one was sent */
    assert_int_equal(notices_first(notices)->sequence, 1);
    notices_sent(notices);
    notices_sent(notices);
    assert_null(notices_first(notices));
    notices_take_back(notices);
    assert_int_equal(notices_lost(notices), 1);
    expect(2, NOTICE_CLEARED, "a", WARNING);
    expect_nothing();
    assert_int_equal(notices_arrived(notices), 1);
}

static void what_is_on_its_way_is_not_repeated(void **state)
{
    (void)state;
    follow("a", WARNING);
    notices_sent(notices);
    notices_repeat(notices);
    assert_null(notices_first(notices));
    notices_answered(notices, false);
    assert_int_equal(notices_lost(notices), 1);
    notices_repeat(notices);
    expect(2, NOTICE_RAISED, "a", WARNING);
}

static void few_are_sent_without_an_answer(void **state)
{
    unsigned sent = 0;
    (void)state;
    notices_answered(notices, true); /* of nothing */
    begin();
    put_many("spool", 50, WARNING);
    end();
    for (; notices_first(notices); sent++)
        notices_sent(notices);
    assert_int_equal(sent, NOTICES_UNANSWERED);
    notices_answered(notices, false);
    notices_answered(notices, true);
    assert_int_equal(notices_lost(notices), 1);
    assert_int_equal(notices_arrived(notices), 1);
    assert_int_equal(notices_waiting(notices), 48);
    assert_int_equal(notices_first(notices)->sequence, NOTICES_UNANSWERED + 1);
}

static void take_all(void)
{
    while (notices_first(notices)) {
        notices_sent(notices);
        notices_answered(notices, true);
    }
}

/* The findings that the table does not show are one more, and those it stops showing still stand. */
static void two_thousand_at_once(void **state)
{
    unsigned count = 0;
    (void)state;
    begin();
    put_many("spool", 2000, WARNING);
    end();
    for (const struct notice *notice; (notice = notices_first(notices)); notices_answered(notices, true)) {
        notices_sent(notices);
        count++;
        assert_int_equal(notice->sequence, count);
        if (count > 100) {
            assert_string_equal(notice->finding, "other");
            assert_string_equal(notice->sentence, "1900 more findings stand than are told one by one.");
        }
    }
    assert_int_equal(count, 101);
    follow_nothing();
    assert_int_equal(notices_waiting(notices), 101);
    assert_int_equal(notices_lost(notices), 0);
}

static void a_finding_that_is_folded_still_stands(void **state)
{
    (void)state;
    begin();
    put_many("old", 90, WARNING);
    end();
    take_all();
    for (int i = 0; i < 2; i++) {
        begin();
        put_many("old", 90, WARNING);
        put_many("new", 100, CRITICAL);
        end();
    }
    unsigned raised = 0;
    for (const struct notice *notice; (notice = notices_first(notices)); notices_answered(notices, true)) {
        notices_sent(notices);
        assert_int_equal(notice->kind, NOTICE_RAISED);
        raised += notice->severity == CRITICAL;
    }
    assert_int_equal(raised, 100);
    follow_nothing();
    assert_int_equal(notices_waiting(notices), 90 + 100 + 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_tells_what_is_raised_and_cleared_once), TEST(it_says_who_does_it),
        TEST(a_severity_that_changes_is_told),          TEST(what_is_less_bad_is_not_told),
        TEST(a_namespace_tells_findings_apart),         TEST(the_worst_comes_first),
        TEST(what_stands_is_repeated_unless_it_waits),  TEST(the_queue_is_bounded),
        TEST(what_nobody_answers_is_sent_twice),        TEST(what_is_on_its_way_is_not_repeated),
        TEST(few_are_sent_without_an_answer),           TEST(two_thousand_at_once),
        TEST(a_finding_that_is_folded_still_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
