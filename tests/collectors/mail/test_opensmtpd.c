/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "collectors/mail/servers/opensmtpd/conf.h"
#include "snapshot/tables/mail_servers.h"
#include "tests/collectors/mail/spool_fixture.h"

static void put_message(struct fixture *fixture, const char *queue, const char *id, int64_t seconds)
{
    char below[256];
    snprintf(below, sizeof(below), "var/spool/smtpd/%s/%.2s/%s", queue, id, id);
    fixture_directory(fixture, below);
    snprintf(below, sizeof(below), "var/spool/smtpd/%s/%.2s/%s/%s0123456789abcdef", queue, id, id, id);
    fixture_file(fixture, below, "an envelope");
    snprintf(below, sizeof(below), "var/spool/smtpd/%s/%.2s/%s/message", queue, id, id);
    fixture_file(fixture, below, "0123456789");
    fixture_touch(fixture, below, seconds);
}

static void each_message_is_a_directory(void **state)
{
    struct fixture *fixture = *state;
    struct collector_paths paths = {"/proc", "/sys", fixture->root};
    const struct mail_options options = {.detect = true};
    int64_t now = clock_wall() / CLOCK_SECOND;
    void *mail;
    static const char *const names[] = {"queue", "incoming", "corrupt", "offline", "purge", "temporary"};
    for (size_t i = 0; i < 6; i++) {
        char below[64];
        snprintf(below, sizeof(below), "var/spool/smtpd/%s", names[i]);
        fixture_directory(fixture, below);
    }
    put_message(fixture, "queue", "0a1b2c3d", now - 4000);
    put_message(fixture, "queue", "0affffff", now - 40);
    put_message(fixture, "queue", "ff000000", now - 7);
    put_message(fixture, "corrupt", "ff000001", now - 9);
    fixture_directory(fixture, "var/spool/smtpd/queue/0a/0a000000"); /* nothing in it yet */
    fixture_directory(fixture, "var/spool/smtpd/queue/0a/strange");
    fixture_file(fixture, "var/spool/smtpd/offline/1700000000.abc", "mail");
    assert_int_equal(mail_collector.open(&paths, &options, &mail), 0);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_succeeded(snapshot, "opensmtpd:main"));
    assert_true(fixture_failed(snapshot, "opensmtpd:main:limits", "/etc/smtpd.conf: No such file"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 4);
    assert_true(fixture_value(snapshot, "main", "queue", MAIL_QUEUES_MESSAGES) == 3);
    assert_true(fixture_value(snapshot, "main", "queue", MAIL_QUEUES_OLDEST_AGE) == 4000);
    assert_true(fixture_value(snapshot, "main", "queue", MAIL_QUEUES_BYTES) == 30);
    assert_true(fixture_value(snapshot, "main", "corrupt", MAIL_QUEUES_MESSAGES) == 1);
    assert_true(fixture_value(snapshot, "main", "offline", MAIL_QUEUES_MESSAGES) == 1);
    snapshot_release(snapshot);

    fixture_directory(fixture, "etc");
    fixture_file(fixture, "etc/smtpd.conf", "listen on all\n");
    snapshot = fixture_sample(mail);
    assert_true(fixture_succeeded(snapshot, "opensmtpd:main:limits"));
    assert_true(snapshot_has(snapshot, &table_mail_servers, 0, MAIL_SERVERS_REQUIRED));
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void check(const struct limits *limits, const char *native, double value, double fallback)
{
    for (size_t i = 0; i < limits->setting_count; i++) {
        if (strcmp(limits->settings[i].native, native) != 0)
            continue;
        assert_true(limits->settings[i].value == value);
        assert_true(limits->settings[i].fallback == fallback);
        return;
    }
    fail_msg("no %s", native);
}

static void statements_are_limits(void **state)
{
    (void)state;
    struct limits limits = LIMITS_EMPTY;
    struct text text = TEXT_EMPTY;
    text_string(&text, "# smtp limit max-mails 1\n"
                       "smtp limit max-mails 7 max-rcpt 9 # both\n"
                       "mta limit \\\n  max-conn-per-host 3\n"
                       "mta limit for domain example.net max-conn-per-domain 1\n"
                       "scheduler limit max-inflight many\n"
                       "listen on localhost\nlisten on 192.0.2.1 port submission tls-require\n"
                       "listen on eth0 smtps pki x\nlisten on socket\nlisten on 0.0.0.0 port\nlisten on\n\\");
    assert_int_equal(opensmtpd_conf_parse(&limits, &text), 0);
    check(&limits, "max-mails", 7, 100);
    check(&limits, "max-conn-per-host", 3, 10);
    check(&limits, "max-conn-per-domain", 100, 100);
    check(&limits, "max-inflight", 5000, 5000);
    static const struct {
        const char *address;
        unsigned port;
    } services[] = {{"127.0.0.1", 25}, {"::1", 25}, {"192.0.2.1", 587}, {"*", 465}, {"*", 25}};
    assert_int_equal(limits.service_count, 6);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(limits.services[i].address, services[i].address);
        assert_int_equal(limits.services[i].port, services[i].port);
    }
    text_free(&text);
    limits_free(&limits);
}

#define OPENSMTPD_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPENSMTPD_TEST(each_message_is_a_directory),
        OPENSMTPD_TEST(statements_are_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
