/* SPDX-License-Identifier: Apache-2.0
 * The content tier: what the messages of a queue wait for. */
#include "collectors/mail/destinations.h"
#include "collectors/mail/queue_tree.h"
#include "collectors/mail/servers/exim/destination.h"
#include "tests/collectors/mail/spool_fixture.h"

#define SPOOL "var/spool/postfix"

static struct collector_paths paths;
static struct mail_options options;

static void *open_mail(struct fixture *fixture, enum mail_content content)
{
    void *mail;
    paths = (struct collector_paths){"/proc", "/sys", fixture->root};
    options = (struct mail_options){.detect = true, .content = content};
    fixture_directory(fixture, "etc/postfix");
    fixture_file(fixture, "etc/postfix/main.cf", "");
    fixture_queues(fixture, SPOOL);
    fixture_directory(fixture, SPOOL "/defer");
    assert_int_equal(mail_collector.open(&paths, &options, &mail), 0);
    return mail;
}

static const char *deferred_path(char path[128], const char *tree, unsigned number)
{
    char id[32];
    snprintf(path, 128, SPOOL "/%s/%s", tree,
             fixture_long_id(id, 1700000000 + number, number % 1000000, 1000 + number));
    return path;
}

/* A deferred message and what is known of its last attempt. */
static void defer(struct fixture *fixture, unsigned number, const char *recipient, const char *status,
                  const char *reason)
{
    char path[128], log[512];
    fixture_file(fixture, deferred_path(path, "deferred", number), "x");
    snprintf(log, sizeof(log),
             "\n<%s>: %s\nrecipient=%s\noffset=641\nstatus=%s\naction=delayed\nreason=%s\n\n"
             "\n<second@other.example>: x\nrecipient=second@other.example\nstatus=4.9.9\nreason=not this\n\n",
             recipient, reason, recipient, status, reason);
    fixture_file(fixture, deferred_path(path, "defer", number), log);
}

static struct snapshot *next_sample(void *mail, int64_t seconds)
{
    fake_clock_advance(seconds * CLOCK_SECOND);
    return fixture_sample(mail);
}

static void destinations_and_reasons_are_counted(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    void *mail = open_mail(fixture, MAIL_CONTENT_TOP);
    for (unsigned i = 0; i < 3; i++)
        defer(fixture, i, "user@Slow.Example", "4.3.2", "host mx.slow.example said: 421 4.3.2 too many connections");
    defer(fixture, 3, "user@slow.example", "4.4.1", "connect to mx.slow.example: Connection refused");
    fixture_file(fixture, deferred_path(path, "deferred", 4), "no log, no record");
    struct snapshot *snapshot = fixture_sample(mail);
    assert_int_equal(fixture_destination(snapshot, "deferred", "slow.example", "4.3.2"), 3);
    assert_int_equal(fixture_destination(snapshot, "deferred", "slow.example", "4.4.1"), 1);
    assert_int_equal(fixture_destination(snapshot, "deferred", "unknown", ""), 1);
    assert_int_equal(fixture_destinations(snapshot), 5);
    bool told = false;
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_mail_destinations); i++)
        told = told || strstr(snapshot_text(snapshot, &table_mail_destinations, i, MAIL_DESTINATIONS_REASON),
                              "421 4.3.2 too many connections");
    assert_true(told);
    snapshot_release(snapshot);
    /* What left is not counted any more, whatever the content tier has time for. */
    fixture_unlink(fixture, deferred_path(path, "deferred", 0));
    fixture_unlink(fixture, deferred_path(path, "deferred", 3));
    snapshot = next_sample(mail, 5);
    assert_int_equal(fixture_destination(snapshot, "deferred", "slow.example", "4.3.2"), 2);
    assert_int_equal(fixture_destination(snapshot, "deferred", "slow.example", "4.4.1"), 0);
    assert_int_equal(fixture_destinations(snapshot), 3);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void messages_are_not_opened_unless_asked_for(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_mail(fixture, MAIL_CONTENT_OFF);
    defer(fixture, 1, "user@slow.example", "4.3.2", "busy");
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_value(snapshot, "main", "deferred", MAIL_QUEUES_MESSAGES) == 1);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_destinations), 0);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

/* Queue files tell of recipients where no attempt was made: records of type, length and data. */
static void messages_on_their_way_tell_their_recipient(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    void *mail = open_mail(fixture, MAIL_CONTENT_TOP);
    fixture_file(fixture, deferred_path(path, "active", 1),
                 "T\x0a"
                 "1700000001S\x03s@xD\x07"
                 "a@b.doneR\x09z@q.hopeR\x05o@o.oM");
    fixture_file(fixture, deferred_path(path, "hold", 2),
                 "C\x01 R\x0b"
                 "a@held.here");
    struct snapshot *snapshot = fixture_sample(mail);
    assert_int_equal(fixture_destination(snapshot, "active", "q.hope", ""), 0); /* the record's length does not fit */
    snapshot_release(snapshot);
    fixture_file(fixture, deferred_path(path, "active", 3),
                 "T\x0a"
                 "1700000001D\x08"
                 "a@b.doneR\x08z@q.hopeR\x05o@o.o");
    snapshot = next_sample(mail, 5);
    assert_int_equal(fixture_destination(snapshot, "active", "q.hope", ""), 1);
    assert_int_equal(fixture_destination(snapshot, "active", "unknown", ""), 1);
    assert_int_equal(fixture_destination(snapshot, "hold", "held.here", ""), 1);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void so_many_are_opened_in_one_sample_and_no_more(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_mail(fixture, MAIL_CONTENT_TOP);
    for (unsigned i = 0; i < QUEUE_CONTENT_OPENS + 7; i++)
        defer(fixture, i, "user@far.example", "4.4.1", "refused");
    struct snapshot *snapshot = fixture_sample(mail);
    assert_int_equal(fixture_destination(snapshot, "deferred", "far.example", "4.4.1"), QUEUE_CONTENT_OPENS);
    assert_int_equal(fixture_destination(snapshot, "deferred", "unknown", ""), 7);
    snapshot_release(snapshot);
    snapshot = next_sample(mail, 5);
    assert_int_equal(fixture_destination(snapshot, "deferred", "far.example", "4.4.1"), QUEUE_CONTENT_OPENS + 7);
    assert_int_equal(fixture_destination(snapshot, "deferred", "unknown", ""), 0);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

/* A message that was seen is not opened again, until its answer is half an hour old. */
static void an_answer_holds_for_half_an_hour(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_mail(fixture, MAIL_CONTENT_TOP);
    defer(fixture, 1, "user@far.example", "4.4.1", "refused");
    snapshot_release(fixture_sample(mail));
    defer(fixture, 1, "user@far.example", "4.7.0", "slow down");
    struct snapshot *snapshot = next_sample(mail, 20 * 60);
    assert_int_equal(fixture_destination(snapshot, "deferred", "far.example", "4.4.1"), 1);
    snapshot_release(snapshot);
    snapshot = next_sample(mail, 11 * 60);
    assert_int_equal(fixture_destination(snapshot, "deferred", "far.example", "4.7.0"), 1);
    assert_int_equal(fixture_destinations(snapshot), 1);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void destinations_without_number_are_bounded(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_mail(fixture, MAIL_CONTENT_TOP);
    for (unsigned i = 0; i < DESTINATIONS_MAX + 100; i++) {
        char recipient[64];
        snprintf(recipient, sizeof(recipient), "user@n%u.example", i);
        defer(fixture, i, recipient, "4.4.1", "refused");
    }
    struct snapshot *snapshot = fixture_sample(mail);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_destinations), 20 + 1);
    assert_int_equal(fixture_destinations(snapshot), DESTINATIONS_MAX + 100);
    assert_int_equal(fixture_destination(snapshot, "other", "other", ""), DESTINATIONS_MAX + 80);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

/* What stands in the place of a file of attempts is not followed, not waited for, and not believed. */
static void hostile_files_of_attempts_tell_nothing(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    void *mail = open_mail(fixture, MAIL_CONTENT_TOP);
    for (unsigned i = 1; i < 8; i++)
        fixture_file(fixture, deferred_path(path, "deferred", i), "x");
    fixture_file(fixture, "secret", "\nrecipient=root@secret.example\nstatus=4.4.1\n");
    assert_int_equal(symlink("../../../../secret", fixture_path(fixture, deferred_path(path, "defer", 1))), 0);
    assert_int_equal(mkfifo(fixture_path(fixture, deferred_path(path, "defer", 2)), 0600), 0);
    assert_int_equal(mkdir(fixture_path(fixture, deferred_path(path, "defer", 3)), 0700), 0);
    fixture_file(fixture, deferred_path(path, "defer", 4), "\nrecipient=@\nstatus=4.4.1.1\nreason=\n");
    fixture_file(fixture, deferred_path(path, "defer", 5), "\nrecipient=local\nstatus=hello\n");
    fixture_file(fixture, deferred_path(path, "defer", 6), "\nrecipient=u@\xff\xfe.example\nstatus=4.0.0");
    fixture_file(fixture, deferred_path(path, "defer", 7), "\nrecipient=u@a\tb.example\n");
    struct snapshot *snapshot = fixture_sample(mail);
    assert_int_equal(fixture_destination(snapshot, "deferred", "unknown", ""), 6);
    assert_int_equal(fixture_destination(snapshot, "deferred", "\xef\xbf\xbd\xef\xbf\xbd.example", "4.0.0"), 1);
    assert_int_equal(fixture_destinations(snapshot), 7);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void only_a_status_is_one(void **state)
{
    (void)state;
    static const char *const good[] = {"4.3.2", "5.7.26", "4.123.456", "4.0.0"};
    static const char *const bad[] = {"",       "4",      "4.3",      "2.0.0", "4.3.2.1", "4.3.",
                                      "4..3.2", ".4.3.2", "4.1234.5", "4.3.x", "44.3.2",  "4.3.2 "};
    struct destination destination = {.dsn = ""};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(destination_set_dsn(&destination, bad[i], strlen(bad[i])));
    assert_string_equal(destination.dsn, "");
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(destination_set_dsn(&destination, good[i], strlen(good[i])));
        assert_string_equal(destination.dsn, good[i]);
    }
}

#define STAMP "2026-11-24 18:54:55 "

/* Lines as Exim 4.96 writes them. */
static void a_message_log_of_exim_tells_its_last_attempt(void **state)
{
    (void)state;
    static const struct {
        const char *log, *domain, *dsn, *reason;
    } cases[] = {
        {STAMP "Received from s@mail.example H=(vm) [127.0.0.1] P=smtp S=598\n", "", "", ""},
        {STAMP
         "H=mx [127.0.0.2]: SMTP error from remote mail server after initial connection: 421 4.3.2 too many\n" STAMP
         "user@B.four R=remote T=remote_smtp defer (0) H=mx [127.0.0.2]: SMTP error from remote mail server after "
         "initial connection: 421 4.3.2 too many\n",
         "b.four", "4.3.2",
         "H=mx [127.0.0.2]: SMTP error from remote mail server after initial connection: 421 4.3.2 too many"},
        {STAMP "u@c.seven R=r T=t defer (-44) H=h [::1]: SMTP error from remote mail server after RCPT TO:<u@c.seven>: "
               "451-4.7.1 try\\n451 4.7.1 again later\n",
         "c.seven", "4.7.1",
         "H=h [::1]: SMTP error from remote mail server after RCPT TO:<u@c.seven>: 451-4.7.1 try\\n451 4.7.1 again "
         "later"},
        {STAMP "u@a R=r T=t defer (-44) H=h [::1]: SMTP error from remote mail server after RCPT TO:<u@a>: 450 no\n",
         "a", "4.0.0", "H=h [::1]: SMTP error from remote mail server after RCPT TO:<u@a>: 450 no"},
        {STAMP "u@a R=r T=t defer (0): 451 4.7.1 said by nobody\n", "a", "", "451 4.7.1 said by nobody"},
        {STAMP "u@d.other R=r T=t defer (111): Connection refused\n", "d.other", "4.4.1", "Connection refused"},
        {STAMP "u@d R=r T=t defer (-18) H=h [::1]: Remote host h [::1] closed connection in response to initial\n", "d",
         "4.4.2", "H=h [::1]: Remote host h [::1] closed connection in response to initial"},
        {STAMP "u@e R=lookup defer (-1): host lookup did not complete\n", "e", "4.4.3", "host lookup did not complete"},
        {STAMP "u@x R=r T=t defer (111): Connection refused\n" STAMP "alias@y <u@x> R=r T=t defer (110): timed out\n",
         "y", "4.4.1", "timed out"},
        {" defer (", "", "", ""},
        {" defer ()", "", "", ""},
        {"@ defer (1", "", "4.4.1", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct destination destination = {.dsn = ""};
        exim_destination_log(cases[i].log, strlen(cases[i].log), &destination);
        assert_string_equal(destination.domain, cases[i].domain);
        assert_string_equal(destination.dsn, cases[i].dsn);
        assert_string_equal(destination.reason, cases[i].reason);
    }
}

static void an_envelope_of_exim_tells_its_first_recipient(void **state)
{
    (void)state;
    static const struct {
        const char *head, *domain;
    } cases[] = {
        {"id-H\nDebian-exim 107 116\n<s@m.example>\n1795546495 0\n-x y@z\nXX\n1\nuser@d.other\n\n183P R: x@y\n",
         "d.other"},
        {"id-H\nu 1 1\n<>\n1 0\nYN a@done.one\nNN b@done.two\n3\nz@first.here s@x 4,1#1\na@done.one\n", "first.here"},
        {"id-H\nu 1 1\n<>\n1 0\nXX\n", ""},
        {"id-H\nu 1 1\n<s@m.example>\n1 0\n-local\n", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct destination destination = {.dsn = ""};
        exim_destination_recipient(cases[i].head, strlen(cases[i].head), &destination);
        assert_string_equal(destination.domain, cases[i].domain);
    }
}

/* Exim's logs of attempts lie beside its queue, split in the same way. */
static void exim_is_read_too(void **state)
{
    struct fixture *fixture = *state;
    void *mail;
    static const char *const queues[] = {"", "slow/"};
    paths = (struct collector_paths){"/proc", "/sys", fixture->root};
    options = (struct mail_options){.detect = true, .content = MAIL_CONTENT_TOP};
    for (size_t i = 0; i < 2; i++) {
        char below[128];
        snprintf(below, sizeof(below), "var/spool/exim4/%sinput/J", queues[i]);
        fixture_directory(fixture, below);
        snprintf(below, sizeof(below), "var/spool/exim4/%smsglog/J", queues[i]);
        fixture_directory(fixture, below);
        snprintf(below, sizeof(below), "var/spool/exim4/%sinput/J/1xVvfJ-0006i7-31-H", queues[i]);
        fixture_file(fixture, below, "id-H\nu 1 1\n<>\n1 0\nXX\n1\nu@not.asked\n");
        snprintf(below, sizeof(below), "var/spool/exim4/%sinput/J/1xVvfK-0006i7-31-H", queues[i]);
        fixture_file(fixture, below, "id-H\nu 1 1\n<>\n1 0\nXX\n1\nu@new.here\n");
        snprintf(below, sizeof(below), "var/spool/exim4/%smsglog/J/1xVvfJ-0006i7-31", queues[i]);
        fixture_file(fixture, below, STAMP "u@tried.once R=r T=t defer (111): Connection refused\n");
    }
    assert_int_equal(mail_collector.open(&paths, &options, &mail), 0);
    struct snapshot *snapshot = fixture_sample(mail);
    static const char *const names[] = {"input", "slow"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fixture_destination(snapshot, names[i], "tried.once", "4.4.1"), 1);
        assert_int_equal(fixture_destination(snapshot, names[i], "new.here", ""), 1);
    }
    assert_int_equal(fixture_destinations(snapshot), 4);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

#define CONTENT_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTENT_TEST(destinations_and_reasons_are_counted),
        CONTENT_TEST(messages_are_not_opened_unless_asked_for),
        CONTENT_TEST(messages_on_their_way_tell_their_recipient),
        CONTENT_TEST(so_many_are_opened_in_one_sample_and_no_more),
        CONTENT_TEST(an_answer_holds_for_half_an_hour),
        CONTENT_TEST(destinations_without_number_are_bounded),
        CONTENT_TEST(hostile_files_of_attempts_tell_nothing),
        CONTENT_TEST(exim_is_read_too),
        cmocka_unit_test(only_a_status_is_one),
        cmocka_unit_test(a_message_log_of_exim_tells_its_last_attempt),
        cmocka_unit_test(an_envelope_of_exim_tells_its_first_recipient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
