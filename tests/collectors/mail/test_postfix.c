/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/wait.h>

#include "collectors/source.h"
#include "tests/collectors/mail/spool_fixture.h"

/* The linker puts this in front of the real one, to count how often a main.cf is read. */
int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);

static unsigned readings;

int __wrap_open64(const char *path, int flags, ...)
{
    readings += strstr(path, "/main.cf") != NULL;
    return __real_open64(path, flags, 0600);
}

static const char *const queue_names[] = {"maildrop", "incoming", "active", "deferred", "hold", "corrupt"};

/* A collector below the fixture as its root. */
struct mail {
    struct fixture *fixture;
    struct collector_paths paths;
    struct mail_options options;
    void *state;
    struct snapshot *snapshot;
};

static int begin(void **state)
{
    if (fixture_begin(state))
        return -1;
    struct mail *mail = calloc(1, sizeof(*mail));
    mail->fixture = *state;
    mail->paths = (struct collector_paths){"/proc", "/sys", mail->fixture->root};
    mail->options.detect = true;
    *state = mail;
    return mail_collector.open(&mail->paths, &mail->options, &mail->state);
}

static int end(void **state)
{
    struct mail *mail = *state;
    snapshot_release(mail->snapshot);
    mail_collector.close(mail->state);
    *state = mail->fixture;
    free(mail);
    return fixture_end(state);
}

static void reopen(struct mail *mail)
{
    mail_collector.close(mail->state);
    assert_int_equal(mail_collector.open(&mail->paths, &mail->options, &mail->state), 0);
}

static const struct snapshot *sample(struct mail *mail)
{
    fake_clock_advance(5 * CLOCK_SECOND);
    snapshot_release(mail->snapshot);
    mail->snapshot = fixture_sample(mail->state);
    return mail->snapshot;
}

/* The default instance, with its queues in the default place. */
static void install(struct mail *mail)
{
    fixture_directory(mail->fixture, "etc/postfix");
    fixture_file(mail->fixture, "etc/postfix/main.cf", "queue_directory = /var/spool/postfix\n");
    fixture_queues(mail->fixture, "var/spool/postfix");
}

static int64_t now_seconds(void)
{
    return clock_wall() / CLOCK_SECOND;
}

static void a_host_without_postfix_has_no_source_and_no_row(void **state)
{
    const struct snapshot *snapshot = sample(*state);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 0);
    assert_int_equal(snapshot_row_count(snapshot, &table_sources), 0);
}

static void every_queue_has_a_row(void **state)
{
    struct mail *mail = *state;
    install(mail);
    int64_t now = now_seconds();
    char below[64];
    for (unsigned i = 0; i < 6; i++) {
        snprintf(below, sizeof(below), "var/spool/postfix/%s", queue_names[i]);
        for (unsigned j = 0; j <= i; j++)
            fixture_message(mail->fixture, below, now - 10 * (i + 1), j);
    }
    fixture_directory(mail->fixture, "var/spool/postfix/defer/3");
    fixture_message(mail->fixture, "var/spool/postfix/defer/3", now, 1);
    fixture_directory(mail->fixture, "var/spool/postfix/deferred/3");
    fixture_message(mail->fixture, "var/spool/postfix/deferred/3", now - 7200, 9);
    const struct snapshot *snapshot = sample(mail);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 6);
    assert_true(fixture_succeeded(snapshot, "postfix:main"));
    for (unsigned i = 0; i < 6; i++) {
        unsigned expected = i + 1 + (i == 3);
        assert_int_equal(fixture_value(snapshot, "main", queue_names[i], MAIL_QUEUES_MESSAGES), expected);
        assert_int_equal(fixture_value(snapshot, "main", queue_names[i], MAIL_QUEUES_BYTES), 10 * expected);
        double age = fixture_value(snapshot, "main", queue_names[i], MAIL_QUEUES_OLDEST_AGE);
        assert_in_range(age + 0.01, i == 3 ? 7205 : 10 * i + 15, i == 3 ? 7206 : 10 * i + 16);
        long row = fixture_queue(snapshot, "main", queue_names[i]);
        assert_string_equal(snapshot_text(snapshot, &table_mail_queues, (size_t)row, MAIL_QUEUES_MTA), "postfix");
        assert_string_equal(snapshot_text(snapshot, &table_mail_queues, (size_t)row, MAIL_QUEUES_AGE_METHOD), "name");
        assert_int_equal(snapshot_has(snapshot, &table_mail_queues, (size_t)row, MAIL_QUEUES_DUE), i == 3);
    }
    assert_int_equal(fixture_value(snapshot, "main", "deferred", MAIL_QUEUES_OVER_1H), 1);
    assert_int_equal(fixture_value(snapshot, "main", "deferred", MAIL_QUEUES_OVER_6H), 0);
    assert_int_equal(fixture_value(snapshot, "main", "deferred", MAIL_QUEUES_DUE), 5);
}

static void an_empty_queue_has_age_zero(void **state)
{
    struct mail *mail = *state;
    install(mail);
    const struct snapshot *snapshot = sample(mail);
    assert_true(fixture_value(snapshot, "main", "active", MAIL_QUEUES_OLDEST_AGE) == 0);
    assert_true(fixture_value(snapshot, "main", "active", MAIL_QUEUES_MESSAGES) == 0);
    assert_true(fixture_value(snapshot, "main", "active", MAIL_QUEUES_BYTES) == 0);
    assert_true(fixture_value(snapshot, "main", "active", MAIL_QUEUES_OVER_3D) == 0);
}

/* An arrival ahead of our clock is no negative age. */
static void a_clock_that_is_ahead_gives_age_zero(void **state)
{
    struct mail *mail = *state;
    install(mail);
    fixture_message(mail->fixture, "var/spool/postfix/hold", now_seconds() + 500, 1);
    assert_true(fixture_value(sample(mail), "main", "hold", MAIL_QUEUES_OLDEST_AGE) == 0);
}

static void a_missing_queue_fails_the_source(void **state)
{
    struct mail *mail = *state;
    install(mail);
    fixture_message(mail->fixture, "var/spool/postfix/active", now_seconds(), 1);
    fixture_directory(mail->fixture, "var/spool/postfix/pid");
    fixture_file(mail->fixture, "var/spool/postfix/pid/master.pid", "1\n");
    assert_int_equal(rmdir(fixture_path(mail->fixture, "var/spool/postfix/hold")), 0);
    const struct snapshot *snapshot = sample(mail);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 0);
    assert_true(fixture_failed(snapshot, "postfix:main", "/var/spool/postfix/hold: No such file"));
    fixture_directory(mail->fixture, "var/spool/postfix/hold");
    assert_true(fixture_succeeded(sample(mail), "postfix:main"));
}

/* A package is installed and was never started: nothing is wrong, and there is nothing to show. */
static void a_postfix_that_never_ran_has_no_queues(void **state)
{
    struct mail *mail = *state;
    install(mail);
    assert_int_equal(rmdir(fixture_path(mail->fixture, "var/spool/postfix/hold")), 0);
    const struct snapshot *snapshot = sample(mail);
    assert_true(fixture_succeeded(snapshot, "postfix:main"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 0);
    /* Its queues came, and one of them went: that is wrong, whatever the file says. */
    fixture_directory(mail->fixture, "var/spool/postfix/hold");
    assert_int_equal(snapshot_row_count(sample(mail), &table_mail_queues), 6);
    assert_int_equal(rmdir(fixture_path(mail->fixture, "var/spool/postfix/hold")), 0);
    assert_true(fixture_failed(sample(mail), "postfix:main", "/var/spool/postfix/hold: No such file"));
}

static void a_queue_directory_that_is_away_fails_the_source(void **state)
{
    struct mail *mail = *state;
    char away[512];
    install(mail);
    strcpy(away, fixture_path(mail->fixture, "var/spool/away"));
    assert_int_equal(rename(fixture_path(mail->fixture, "var/spool/postfix"), away), 0);
    assert_true(fixture_failed(sample(mail), "postfix:main", "/var/spool/postfix: No such file"));
}

/* What makes no sense is not worked out again at each sample, and is told each time. */
static void a_main_cf_that_makes_no_sense_is_read_once(void **state)
{
    struct mail *mail = *state;
    install(mail);
    fixture_file(mail->fixture, "etc/postfix/master.cf", "smtp inet n - y - - smtpd\n");
    fixture_file(mail->fixture, "etc/postfix/main.cf", "queue_directory = $a\na = $queue_directory\n");
    for (unsigned i = 0; i < 3; i++) {
        unsigned before = readings;
        const struct snapshot *snapshot = sample(mail);
        assert_true(fixture_failed(snapshot, "postfix:main", "/etc/postfix/main.cf, queue_directory: "));
        assert_int_equal(readings > before, i == 0);
    }
    fixture_file(mail->fixture, "etc/postfix/main.cf", "queue_directory = /var/spool/postfix\n");
    assert_true(fixture_succeeded(sample(mail), "postfix:main"));
    assert_int_equal(unlink(fixture_path(mail->fixture, "etc/postfix/main.cf")), 0);
    assert_int_equal(mkfifo(fixture_path(mail->fixture, "etc/postfix/main.cf"), 0600), 0);
    for (unsigned i = 0; i < 2; i++) {
        const struct snapshot *snapshot = sample(mail);
        assert_true(fixture_failed(snapshot, "postfix:main", "/etc/postfix/main.cf, which is no regular file: "));
        assert_true(
            fixture_failed(snapshot, "postfix:main:limits", "/etc/postfix/main.cf, which is no regular file: "));
    }
}

static void a_deadline_fails_the_source(void **state)
{
    struct mail *mail = *state;
    install(mail);
    mail->snapshot = fixture_sample_until(mail->state, clock_monotonic());
    assert_true(fixture_failed(mail->snapshot, "postfix:main", source_error_words(-ETIME)));
    assert_int_equal(snapshot_row_count(mail->snapshot, &table_mail_queues), 0);
}

/* In a child, as nobody: the process that runs the tests may be root, to whom every queue is open. */
static int as_nobody(struct mail *mail)
{
    if (setgid(65534) < 0 || setuid(65534) < 0)
        return 1;
    const struct snapshot *snapshot = sample(mail);
    int status = 0;
    if (!fixture_failed(snapshot, "postfix:main", "/var/spool/postfix/deferred/7: Permission denied"))
        status = 2;
    else if (snapshot_row_count(snapshot, &table_mail_queues) > 0)
        status = 3;
    snapshot_release(mail->snapshot);
    return status;
}

static void an_unreadable_queue_fails_the_source(void **state)
{
    struct mail *mail = *state;
    if (geteuid() != 0)
        skip();
    install(mail);
    fixture_directory(mail->fixture, "var/spool/postfix/deferred/7");
    assert_true(fixture_succeeded(sample(mail), "postfix:main"));
    /* Closing a directory does not touch its mtime: what is remembered of it must not be served any more. */
    assert_int_equal(chmod(fixture_path(mail->fixture, "var/spool/postfix/deferred/7"), 0700), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(as_nobody(mail));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(fixture_succeeded(sample(mail), "postfix:main"));
}

static void other_instances_are_found(void **state)
{
    struct mail *mail = *state;
    struct fixture *fixture = mail->fixture;
    install(mail);
    fixture_file(fixture, "etc/postfix/main.cf",
                 "multi_instance_enable = yes\nmulti_instance_directories = /etc/postfix-out, /etc/postfix-in/\n");
    fixture_directory(fixture, "etc/postfix-out");
    fixture_directory(fixture, "etc/postfix-in");
    fixture_file(fixture, "etc/postfix-out/main.cf",
                 "multi_instance_name = out\nqueue_directory = /var/spool/$multi_instance_name\n");
    fixture_file(fixture, "etc/postfix-in/main.cf", "queue_directory = /var/spool/in\n");
    fixture_queues(fixture, "var/spool/out");
    fixture_message(fixture, "var/spool/out/active", now_seconds(), 1);
    const struct snapshot *snapshot = sample(mail);
    assert_true(fixture_succeeded(snapshot, "postfix:main"));
    assert_true(fixture_succeeded(snapshot, "postfix:out"));
    /* Its queues are missing: it fails alone. */
    assert_true(fixture_failed(snapshot, "postfix:postfix-in", "/"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 12);
    assert_int_equal(fixture_value(snapshot, "out", "active", MAIL_QUEUES_MESSAGES), 1);

    fixture_file(fixture, "etc/postfix-in/main.cf", "multi_instance_name = out\nqueue_directory=/var/spool/out\n");
    snapshot = sample(mail);
    assert_true(fixture_succeeded(snapshot, "postfix:/etc/postfix-in"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 18);

    fixture_file(fixture, "etc/postfix/main.cf", "");
    snapshot = sample(mail);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 6);
    assert_int_equal(snapshot_row_count(snapshot, &table_sources), 2);
}

static void a_flood_of_instances_is_bounded_and_told(void **state)
{
    struct mail *mail = *state;
    install(mail);
    char text[4096] = "multi_instance_directories =";
    for (unsigned i = 0; i < 100; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), " /etc/postfix-%u", i);
    fixture_file(mail->fixture, "etc/postfix/main.cf", text);
    const struct snapshot *snapshot = sample(mail);
    assert_true(fixture_failed(snapshot, "postfix", "multi_instance_directories"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 6);
}

static void a_configured_instance_must_be_there(void **state)
{
    struct mail *mail = *state;
    struct mail_instance_option records[] = {{.name = "relay", .path = "/srv/postfix"}, {.path = "/etc/postfix/"}};
    mail->options.postfix = (struct option_records){records, 2};
    mail->options.detect = false;
    install(mail);
    reopen(mail);
    const struct snapshot *snapshot = sample(mail);
    assert_true(fixture_failed(snapshot, "postfix:relay", "/srv/postfix/main.cf: No such file"));
    assert_true(fixture_succeeded(snapshot, "postfix:main"));
    assert_int_equal(snapshot_row_count(snapshot, &table_sources), 4);

    /* Named and detected, it is one instance, with the name that the user gave. */
    records[1].name = "default";
    mail->options.detect = true;
    reopen(mail);
    snapshot = sample(mail);
    assert_true(fixture_succeeded(snapshot, "postfix:default"));
    assert_int_equal(snapshot_row_count(snapshot, &table_sources), 4);
}

static void detection_can_be_off(void **state)
{
    struct mail *mail = *state;
    install(mail);
    mail->options.detect = false;
    reopen(mail);
    assert_int_equal(snapshot_row_count(sample(mail), &table_sources), 0);
}

static void a_moved_queue_directory_is_followed(void **state)
{
    struct mail *mail = *state;
    install(mail);
    fixture_queues(mail->fixture, "srv/q");
    fixture_message(mail->fixture, "var/spool/postfix/hold", now_seconds(), 1);
    assert_int_equal(fixture_value(sample(mail), "main", "hold", MAIL_QUEUES_MESSAGES), 1);
    fixture_file(mail->fixture, "etc/postfix/main.cf", "queue_directory = /srv/q\n");
    assert_int_equal(fixture_value(sample(mail), "main", "hold", MAIL_QUEUES_MESSAGES), 0);
    fixture_file(mail->fixture, "etc/postfix/main.cf", "queue_directory = spool\n");
    assert_true(
        fixture_failed(sample(mail), "postfix:main", "/etc/postfix/main.cf, queue_directory: Invalid argument"));
}

#define MAIL_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAIL_TEST(a_host_without_postfix_has_no_source_and_no_row),
        MAIL_TEST(every_queue_has_a_row),
        MAIL_TEST(an_empty_queue_has_age_zero),
        MAIL_TEST(a_clock_that_is_ahead_gives_age_zero),
        MAIL_TEST(a_missing_queue_fails_the_source),
        MAIL_TEST(a_postfix_that_never_ran_has_no_queues),
        MAIL_TEST(a_queue_directory_that_is_away_fails_the_source),
        MAIL_TEST(a_main_cf_that_makes_no_sense_is_read_once),
        MAIL_TEST(a_deadline_fails_the_source),
        MAIL_TEST(an_unreadable_queue_fails_the_source),
        MAIL_TEST(other_instances_are_found),
        MAIL_TEST(a_flood_of_instances_is_bounded_and_told),
        MAIL_TEST(a_configured_instance_must_be_there),
        MAIL_TEST(detection_can_be_off),
        MAIL_TEST(a_moved_queue_directory_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
