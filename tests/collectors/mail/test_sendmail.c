/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/file.h"
#include "collectors/mail/servers/sendmail/cf.h"
#include "collectors/mail/servers/sendmail/queue_id.h"
#include "snapshot/tables/mail_limits.h"
#include "tests/collectors/mail/spool_fixture.h"

static int64_t arrival_of(const char *name)
{
    int64_t arrival = -1;
    return sendmail_queue_id_arrival(name, strlen(name), &arrival) == ARRIVAL_NAME ? arrival / CLOCK_SECOND : -1;
}

static void names_tell_the_arrival(void **state)
{
    (void)state;
    assert_int_equal(arrival_of("qf6AM0bhE0023353"), 1795307863);
    assert_int_equal(arrival_of("hf6AM0bhE0023353"), 1795307863);
    assert_int_equal(arrival_of("Qf6AM0bhE0023353"), 1795307863);
    static const char *const others[] = {"df6AM0bhE0023353",
                                         "xf6AM0bhE0023353",
                                         "qf",
                                         "qf6AM0bhE0",
                                         "qf6AM0bhE0023y53",
                                         "qf6AM0byE0023353",
                                         "core",
                                         "",
                                         "qf6zM0bhE0023353",
                                         "qf6A00bhE0023353",
                                         "qf6AM0bhE0123456789012345678901"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_int_equal(arrival_of(others[i]), -1);
    assert_true(sendmail_queue_id_is_body("df6AM0bhE0023353", 16));
    assert_false(sendmail_queue_id_is_body("qf6AM0bhE0023353", 16));
}

/* An envelope of this kind and its body. */
static void put_message(struct fixture *fixture, const char *directory, char kind, int64_t seconds, unsigned number)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx";
    time_t when = (time_t)seconds;
    struct tm parts;
    char below[256];
    gmtime_r(&when, &parts);
    snprintf(below, sizeof(below), "%s/%cf%c%c%c%c%c%c00%06u", directory, kind, digits[parts.tm_year % 60],
             digits[parts.tm_mon], digits[parts.tm_mday], digits[parts.tm_hour], digits[parts.tm_min],
             digits[parts.tm_sec], number);
    fixture_file(fixture, below, "V8\n");
    *(strrchr(below, '/') + 1) = 'd';
    fixture_file(fixture, below, "0123456789");
}

static struct snapshot *sample(struct fixture *fixture, const struct mail_options *options)
{
    static struct collector_paths paths;
    void *mail;
    paths = (struct collector_paths){"/proc", "/sys", fixture->root};
    assert_int_equal(mail_collector.open(&paths, options, &mail), 0);
    struct snapshot *snapshot = fixture_sample(mail);
    mail_collector.close(mail);
    return snapshot;
}

static void groups_and_the_submission_queue_are_found(void **state)
{
    struct fixture *fixture = *state;
    const struct mail_options options = {.detect = true};
    int64_t now = clock_wall() / CLOCK_SECOND;
    fixture_directory(fixture, "etc/mail");
    fixture_file(fixture, "etc/mail/sendmail.cf",
                 "O QueueDirectory=/var/spool/mqueue/q*\nQslow, Path=/var/spool/slow, Flags=f\n");
    fixture_directory(fixture, "var/spool/mqueue/q1");
    fixture_directory(fixture, "var/spool/mqueue/q2/qf");
    fixture_directory(fixture, "var/spool/mqueue/other");
    fixture_directory(fixture, "var/spool/slow");
    fixture_directory(fixture, "var/spool/mqueue-client");
    put_message(fixture, "var/spool/mqueue/q1", 'q', now - 100, 1);
    put_message(fixture, "var/spool/mqueue/q1", 'h', now - 200, 2);
    put_message(fixture, "var/spool/mqueue/q2/qf", 'q', now - 5000, 3);
    put_message(fixture, "var/spool/mqueue/other", 'q', now - 90000, 4);
    put_message(fixture, "var/spool/slow", 'Q', now - 50, 5);
    put_message(fixture, "var/spool/mqueue-client", 'q', now - 10, 6);
    struct snapshot *snapshot = sample(fixture, &options);
    assert_true(fixture_succeeded(snapshot, "sendmail:main"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 3);
    assert_true(fixture_value(snapshot, "main", "mqueue", MAIL_QUEUES_MESSAGES) == 3);
    assert_true(fixture_value(snapshot, "main", "mqueue", MAIL_QUEUES_FROZEN) == 1);
    assert_true(fixture_value(snapshot, "main", "mqueue", MAIL_QUEUES_OLDEST_AGE) == 5000);
    assert_true(fixture_value(snapshot, "main", "slow", MAIL_QUEUES_FROZEN) == 1);
    assert_true(fixture_value(snapshot, "main", "slow", MAIL_QUEUES_BYTES) == 13);
    assert_true(fixture_value(snapshot, "main", "mqueue-client", MAIL_QUEUES_MESSAGES) == 1);
    snapshot_release(snapshot);
}

static void a_named_directory_needs_no_configuration(void **state)
{
    struct fixture *fixture = *state;
    struct mail_instance_option record = {.name = "old", .path = "/srv/mqueue"};
    struct mail_options options = {.sendmail = {&record, 1}};
    fixture_directory(fixture, "srv/mqueue");
    put_message(fixture, "srv/mqueue", 'q', clock_wall() / CLOCK_SECOND - 100, 1);
    struct snapshot *snapshot = sample(fixture, &options);
    assert_true(fixture_value(snapshot, "old", "mqueue", MAIL_QUEUES_MESSAGES) == 1);
    assert_int_equal(fixture_source_row(snapshot, "sendmail:old:limits"), -1);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_limits), 0);
    snapshot_release(snapshot);

    record.config = "/srv/sendmail.cf";
    snapshot = sample(fixture, &options);
    assert_true(fixture_failed(snapshot, "sendmail:old:limits", "/srv/sendmail.cf: No such file"));
    assert_true(fixture_succeeded(snapshot, "sendmail:old"));
    snapshot_release(snapshot);
}

static void check(const struct sendmail_cf *cf, const char *native, double value, double fallback)
{
    for (size_t i = 0; i < cf->limits.setting_count; i++) {
        if (strcmp(cf->limits.settings[i].native, native) != 0)
            continue;
        assert_true(cf->limits.settings[i].value == value);
        assert_true(cf->limits.settings[i].fallback == fallback);
        return;
    }
    fail_msg("no %s", native);
}

static void parse(struct sendmail_cf *cf, const char *content)
{
    struct text text = TEXT_EMPTY;
    text_string(&text, content);
    *cf = (struct sendmail_cf){0};
    assert_int_equal(sendmail_cf_parse(cf, &text), 0);
    text_free(&text);
}

static void options_are_limits(void **state)
{
    (void)state;
    struct sendmail_cf cf;
    parse(&cf, "");
    check(&cf, "MaxDaemonChildren", INFINITY, INFINITY);
    check(&cf, "Timeout.command", 3600, 3600);
    assert_int_equal(cf.limits.services[0].port, 25);
    assert_true(isnan(cf.required_blocks));
    sendmail_cf_free(&cf);

    parse(&cf, "#O MaxDaemonChildren=3\nO MaxDaemonChildren=5\nO MaxDaemonChildren = 12\nO ConnectionRateThrottle=2\n"
               "O Timeout.command=1h30m\nO MaxQueueChildren=0\nO SingleThreadDelivery=True\nO MinFreeBlocks=100\n"
               "O PidFile=/run/sm.pid\nO DaemonPortOptions=Family=inet,  Name=MTA, Port=submission,\n\tAddr=127.0.0.1\n"
               "O DaemonPortOptions=Name=any\nO QueueDirectory=\nOldStyle\nQ\nQx\nQy,\nQz, P=relative\n");
    check(&cf, "MaxDaemonChildren", 12, INFINITY);
    check(&cf, "ConnectionRateThrottle", 120, INFINITY);
    check(&cf, "Timeout.command", 5400, 3600);
    check(&cf, "MaxQueueChildren", INFINITY, INFINITY);
    check(&cf, "SingleThreadDelivery", 1, INFINITY);
    assert_true(cf.required_blocks == 100);
    assert_string_equal(cf.pid_file, "/run/sm.pid");
    assert_int_equal(cf.limits.services[0].port, 587);
    assert_string_equal(cf.limits.services[0].address, "127.0.0.1");
    assert_string_equal(cf.limits.services[1].address, "*");
    assert_int_equal(cf.group_count, 1);
    assert_string_equal(cf.groups[0].path, "/var/spool/mqueue");
    sendmail_cf_free(&cf);
}

#define SENDMAIL_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENDMAIL_TEST(names_tell_the_arrival),
        SENDMAIL_TEST(groups_and_the_submission_queue_are_found),
        SENDMAIL_TEST(a_named_directory_needs_no_configuration),
        SENDMAIL_TEST(options_are_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
