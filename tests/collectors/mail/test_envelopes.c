/* SPDX-License-Identifier: Apache-2.0
 * What messages of Sendmail and OpenSMTPD wait for: files as Sendmail 8.17 and OpenSMTPD 6.8 write them. */
#include "collectors/mail/destinations.h"
#include "collectors/mail/servers/opensmtpd/envelope.h"
#include "collectors/mail/servers/sendmail/envelope.h"
#include "tests/collectors/mail/spool_fixture.h"

/* A queue file of Sendmail around what differs: the line of the last attempt, and the recipients. */
#define QUEUE_FILE(attempt, recipients)                                                                                \
    "V8\nT1795565914\nK1795565916\nN1\nP121117\nI0/45/1076\n" attempt                                                  \
    "Fbs\n$_mail.example.com [127.0.0.1]\n$rSMTP\n$svm\n${daemon_flags}\nS<a@mail.example.com>\n" recipients           \
    "H?P?Return-Path: <g>\nH??Received: from vm (mail.example.com [127.0.0.1])\n\tby mail.example.com with SMTP\n"     \
    "\tRPFD:<not@this.one>\nH??To: <b@example.net>\n.\n"
#define RECIPIENT(address) "rRFC822; " address "\nRPFD:<" address ">\n"

static void a_queue_file_of_sendmail_tells_its_first_recipient(void **state)
{
    (void)state;
    static const struct {
        const char *text, *domain, *dsn, *reason;
    } cases[] = {
        {QUEUE_FILE("", RECIPIENT("b@Example.NET") RECIPIENT("c@other.example")), "example.net", "", ""},
        {QUEUE_FILE("MDeferred: Connection refused by [127.0.0.1]\n", RECIPIENT("b@example.net")), "example.net",
         "4.4.1", "Connection refused by [127.0.0.1]"},
        {QUEUE_FILE("MDeferred: 421 4.3.2 too many\n", RECIPIENT("b@example.net")), "example.net", "4.3.2",
         "421 4.3.2 too many"},
        {QUEUE_FILE("MDeferred: 450 no\n", RECIPIENT("b@example.net")), "example.net", "4.0.0", "450 no"},
        {QUEUE_FILE("MDeferred: Name server: mx.example.net.: host name lookup failure\n", RECIPIENT("b@n.example")),
         "n.example", "4.4.3", "Name server: mx.example.net.: host name lookup failure"},
        {QUEUE_FILE("Mhost map: lookup (n.example): deferred\n", RECIPIENT("b@n.example")), "n.example", "4.4.3",
         "host map: lookup (n.example): deferred"},
        {QUEUE_FILE("MDeferred: Connection reset by mx.example.\n", RECIPIENT("b@r.example")), "r.example", "4.4.2",
         "Connection reset by mx.example."},
        {QUEUE_FILE("MDeferred: Connection timed out with mx.\n", RECIPIENT("b@t.example")), "t.example", "4.4.1",
         "Connection timed out with mx."},
        {QUEUE_FILE("MDeferred\n", RECIPIENT("b@t.example")), "t.example", "4.0.0", "Deferred"},
        {QUEUE_FILE("", "RPFD:<root>\nRPFD:\"|/bin/prog\"\n" RECIPIENT("b@far.example")), "far.example", "", ""},
        {"V1\nR<old@style.example>\n", "style.example", "", ""},
        {QUEUE_FILE("", ""), "", "", ""},
        {"", "", "", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct destination destination = {.dsn = ""};
        char text[1024];
        snprintf(text, sizeof(text), "%s", cases[i].text);
        sendmail_envelope_parse(text, &destination);
        assert_string_equal(destination.domain, cases[i].domain);
        assert_string_equal(destination.dsn, cases[i].dsn);
        assert_string_equal(destination.reason, cases[i].reason);
    }
}

#define ENVELOPE(recipient, error, status)                                                                             \
    "version: 3\ndispatcher: out\ntype: mta\nsmtpname: mail.example.com\nhelo: vm\nhostname: mail.example.com\n" error \
    "sockaddr: 127.0.0.1\nsender: a@mail.example.com\nrcpt: " recipient "\ndest: " recipient                           \
    "\nctime: 1795565922\nlast-try: 0\nlast-bounce: 0\nttl: 0\nretry: 1\ndsn-notify: 0\n" status

static void an_envelope_of_opensmtpd_tells_its_recipient(void **state)
{
    (void)state;
    static const struct {
        const char *text, *domain, *dsn, *reason;
    } cases[] = {
        {ENVELOPE("b@Example.net", "", ""), "example.net", "", ""},
        {ENVELOPE("b@example.net", "errorline: Network error on destination MXs\n", "esc-class: 4\nesc-code: 0\n"),
         "example.net", "4.0.0", "Network error on destination MXs"},
        {ENVELOPE("b@example.net", "errorline: No MX found for domain\n", "esc-class: 5\nesc-code: 12\n"),
         "example.net", "5.1.2", "No MX found for domain"},
        {ENVELOPE("b@example.net", "errorline: 451 4.7.1 wait\n", "esc-class: 4\nesc-code: 0\n"), "example.net",
         "4.7.1", "451 4.7.1 wait"},
        {ENVELOPE("b@example.net", "", "esc-class: 2\nesc-code: 0\n"), "example.net", "", ""},
        {ENVELOPE("b@example.net", "", "esc-class: 4\nesc-code: 100\n"), "example.net", "", ""},
        {ENVELOPE("b@example.net", "", "esc-class: -4\n"), "example.net", "", ""},
        {ENVELOPE("root", "", "esc-class: 4\n"), "", "4.0.0", ""},
        {"rcpt:\nrcpt: ", "", "", ""},
        {"", "", "", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct destination destination = {.dsn = ""};
        char text[1024];
        snprintf(text, sizeof(text), "%s", cases[i].text);
        opensmtpd_envelope_parse(text, &destination);
        assert_string_equal(destination.domain, cases[i].domain);
        assert_string_equal(destination.dsn, cases[i].dsn);
        assert_string_equal(destination.reason, cases[i].reason);
    }
}

static struct collector_paths paths;
static struct mail_options options;

static void *open_mail(struct fixture *fixture, enum mail_content content)
{
    void *mail;
    paths = (struct collector_paths){"/proc", "/sys", fixture->root};
    options = (struct mail_options){.detect = true, .content = content};
    assert_int_equal(mail_collector.open(&paths, &options, &mail), 0);
    return mail;
}

/* The directories of a group are one queue: each destination has one row. */
static void directories_of_a_group_count_together(void **state)
{
    struct fixture *fixture = *state;
    fixture_directory(fixture, "etc/mail");
    fixture_directory(fixture, "var/spool/mqueue/q1");
    fixture_directory(fixture, "var/spool/mqueue/q2/qf");
    fixture_file(fixture, "etc/mail/sendmail.cf", "O QueueDirectory=/var/spool/mqueue/q*\n");
    fixture_file(fixture, "var/spool/mqueue/q1/qf6AM0bhE0023353",
                 QUEUE_FILE("MDeferred: 421 4.3.2 too many\n", RECIPIENT("b@far.example")));
    fixture_file(fixture, "var/spool/mqueue/q1/df6AM0bhE0023353", "RPFD:<not@this.one>\n");
    fixture_file(fixture, "var/spool/mqueue/q1/hf6AM0bhE0023355", QUEUE_FILE("", RECIPIENT("b@held.example")));
    fixture_file(fixture, "var/spool/mqueue/q2/qf/qf6AM0bhE0023354",
                 QUEUE_FILE("MDeferred: 421 4.3.2 too many\n", RECIPIENT("c@far.example")));
    fixture_file(fixture, "secret", "V8\nRPFD:<root@secret.example>\n");
    assert_int_equal(symlink("../../../../secret", fixture_path(fixture, "var/spool/mqueue/q1/qf6AM0bhE0023356")), 0);
    void *mail = open_mail(fixture, MAIL_CONTENT_TOP);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_int_equal(fixture_destination(snapshot, "mqueue", "far.example", "4.3.2"), 2);
    assert_int_equal(fixture_destination(snapshot, "mqueue", "held.example", ""), 1);
    assert_int_equal(fixture_destinations(snapshot), 3);
    snapshot_release(snapshot);
    /* One directory leaves, and its messages with it. */
    fixture_unlink(fixture, "var/spool/mqueue/q2/qf/qf6AM0bhE0023354");
    assert_int_equal(rmdir(fixture_path(fixture, "var/spool/mqueue/q2/qf")), 0);
    assert_int_equal(rmdir(fixture_path(fixture, "var/spool/mqueue/q2")), 0);
    fake_clock_advance(5 * CLOCK_SECOND);
    snapshot = fixture_sample(mail);
    assert_int_equal(fixture_destination(snapshot, "mqueue", "far.example", "4.3.2"), 1);
    assert_int_equal(fixture_destinations(snapshot), 2);
    snapshot_release(snapshot);
    mail_collector.close(mail);
    mail = open_mail(fixture, MAIL_CONTENT_OFF);
    snapshot = fixture_sample(mail);
    assert_int_equal(fixture_destinations(snapshot), 0);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void put_envelope(struct fixture *fixture, const char *queue, const char *message, const char *rest,
                         const char *content)
{
    char below[256];
    snprintf(below, sizeof(below), "var/spool/smtpd/%s/%.2s/%s", queue, message, message);
    fixture_directory(fixture, below);
    snprintf(below, sizeof(below), "var/spool/smtpd/%s/%.2s/%s/message", queue, message, message);
    fixture_file(fixture, below, "rcpt: not@this.one\n");
    snprintf(below, sizeof(below), "var/spool/smtpd/%s/%.2s/%s/%s", queue, message, message, rest);
    if (content)
        fixture_file(fixture, below, content);
    else
        assert_int_equal(mkfifo(fixture_path(fixture, below), 0600), 0);
}

static void a_message_of_opensmtpd_counts_once(void **state)
{
    struct fixture *fixture = *state;
    fixture_directory(fixture, "var/spool/smtpd/incoming");
    put_envelope(fixture, "queue", "45ce8480", "45ce848076d1fda5",
                 ENVELOPE("b@far.example", "errorline: 451 4.7.1 wait\n", "esc-class: 4\nesc-code: 0\n"));
    put_envelope(fixture, "queue", "45ce8480", "45ce848076d1fda6", ENVELOPE("b@other.example", "", ""));
    put_envelope(fixture, "queue", "45ce8480", "45ce848076d1fda4.tmp", ENVELOPE("b@half.example", "", ""));
    put_envelope(fixture, "queue", "45ce8480", "0000000000000000", ENVELOPE("b@foreign.example", "", ""));
    put_envelope(fixture, "queue", "46000000", "4600000000000001", NULL);
    put_envelope(fixture, "queue", "46000001", "4600000100000001", ENVELOPE("b@far.example", "", ""));
    put_envelope(fixture, "corrupt", "47000000", "4700000000000001", ENVELOPE("b@corrupt.example", "", ""));
    void *mail = open_mail(fixture, MAIL_CONTENT_TOP);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_int_equal(fixture_destination(snapshot, "queue", "far.example", "4.7.1"), 1);
    assert_int_equal(fixture_destination(snapshot, "queue", "far.example", ""), 1);
    assert_int_equal(fixture_destination(snapshot, "queue", "unknown", ""), 1);
    assert_int_equal(fixture_destinations(snapshot), 3);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

#define ENVELOPE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_file_of_sendmail_tells_its_first_recipient),
        cmocka_unit_test(an_envelope_of_opensmtpd_tells_its_recipient),
        ENVELOPE_TEST(directories_of_a_group_count_together),
        ENVELOPE_TEST(a_message_of_opensmtpd_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
