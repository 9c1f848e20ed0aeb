/* SPDX-License-Identifier: Apache-2.0
 * Directories that somebody made to do harm, or that are breaking: a million names, errors of the disk, and files that
 * are none. The linker puts our getdents64() in front of the real one. */
#include <dirent.h>

#include "tests/collectors/mail/spool_fixture.h"

#define MILLION 1000000u

ssize_t __real_getdents64(int fd, void *buffer, size_t length);
ssize_t __wrap_getdents64(int fd, void *buffer, size_t length);

static unsigned invented;      /* names that were given out */
static unsigned invented_most; /* 0: the real directory is read */
static int failing;            /* what reading gives instead, after the first time */
static int64_t reading_takes;  /* on the fake clock */

ssize_t __wrap_getdents64(int fd, void *buffer, size_t length)
{
    fake_clock_advance(reading_takes);
    if (failing) {
        errno = failing;
        return -1;
    }
    if (invented_most == 0)
        return __real_getdents64(fd, buffer, length);
    size_t used = 0;
    while (invented < invented_most && used + 64 <= length) {
        struct dirent64 *entry = (struct dirent64 *)(void *)((char *)buffer + used);
        char id[32];
        fixture_long_id(id, 1700000000 + invented % 1000000, invented % 1000000, 1000 + invented);
        entry->d_ino = 1;
        entry->d_reclen = 64;
        entry->d_type = DT_REG;
        strcpy(entry->d_name, id);
        invented++;
        used += 64;
    }
    return (ssize_t)used;
}

/* A Postfix with one message, opened. */
static void *open_postfix(struct fixture *fixture)
{
    static struct collector_paths paths;
    static struct mail_options options;
    void *mail;
    paths = (struct collector_paths){"/proc", "/sys", fixture->root};
    options = (struct mail_options){.detect = true};
    fixture_directory(fixture, "etc/postfix");
    fixture_file(fixture, "etc/postfix/main.cf", "queue_directory = /var/spool/postfix\n");
    fixture_queues(fixture, "var/spool/postfix");
    invented = invented_most = 0;
    failing = 0;
    reading_takes = 0;
    assert_int_equal(mail_collector.open(&paths, &options, &mail), 0);
    return mail;
}

static void a_million_messages_are_counted_in_little_memory(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_postfix(fixture);
    invented_most = MILLION;
    struct snapshot *snapshot = fixture_sample(mail);
    /* All of them come in the first queue that is read. */
    assert_true(fixture_value(snapshot, "main", "maildrop", MAIL_QUEUES_MESSAGES) == MILLION);
    assert_true(fixture_value(snapshot, "main", "maildrop", MAIL_QUEUES_OVER_3D) > 0);
    snapshot_release(snapshot);
    invented_most = 0;
    mail_collector.close(mail);
}

/* A directory that is slower than the time there is: the source fails, and no half count is shown. */
static void a_million_messages_on_a_slow_disk_end_at_the_deadline(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_postfix(fixture);
    invented_most = MILLION;
    reading_takes = 100 * CLOCK_MILLISECOND;
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_failed(snapshot, "postfix:main", "not done within"));
    assert_int_equal(fixture_queue(snapshot, "main", "maildrop"), -1);
    assert_true(invented < MILLION);
    snapshot_release(snapshot);
    invented_most = 0;
    mail_collector.close(mail);
}

static void an_error_of_the_disk_is_told_and_passes(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_postfix(fixture);
    failing = EIO;
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_failed(snapshot, "postfix:main", "Input/output error"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 0);
    snapshot_release(snapshot);
    failing = 0;
    snapshot = fixture_sample(mail);
    assert_true(fixture_succeeded(snapshot, "postfix:main"));
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

/* Names of messages on things that are none must not be opened: a FIFO would block, a device may do anything. */
static void what_is_no_file_is_no_message(void **state)
{
    struct fixture *fixture = *state;
    char id[32], below[128];
    void *mail = open_postfix(fixture);
    int64_t now = clock_wall() / CLOCK_SECOND;
    snprintf(below, sizeof(below), "var/spool/postfix/deferred/%s", fixture_long_id(id, now, 1, 1));
    assert_int_equal(mkfifo(fixture_path(fixture, below), 0600), 0);
    snprintf(below, sizeof(below), "var/spool/postfix/deferred/%s", fixture_long_id(id, now, 2, 2));
    assert_int_equal(symlink("/dev/zero", fixture_path(fixture, below)), 0);
    snprintf(below, sizeof(below), "var/spool/postfix/deferred/%s", fixture_long_id(id, now, 3, 3));
    assert_int_equal(mkdir(fixture_path(fixture, below), 0700), 0);
    assert_int_equal(symlink(".", fixture_path(fixture, "var/spool/postfix/deferred/A")), 0);
    assert_int_equal(mkfifo(fixture_path(fixture, "var/spool/postfix/deferred/3E5B61A2C7"), 0600), 0);
    fixture_message(fixture, "var/spool/postfix/deferred", now, 4);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_value(snapshot, "main", "deferred", MAIL_QUEUES_MESSAGES) == 1);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

/* Configuration files may be no files either. */
static void a_fifo_for_a_configuration_does_not_block(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_postfix(fixture);
    assert_int_equal(mkfifo(fixture_path(fixture, "etc/postfix/master.cf"), 0600), 0);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_failed(snapshot, "postfix:main:limits", "/etc/postfix/master.cf"));
    assert_true(fixture_succeeded(snapshot, "postfix:main"));
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

/* Servers that are not there keep no time from one that is slow: not longer than the sample that finds them absent. */
static void a_slow_disk_has_the_time_of_the_servers_that_are_not_there(void **state)
{
    struct fixture *fixture = *state;
    void *mail = open_postfix(fixture);
    reading_takes = 500 * CLOCK_MILLISECOND; /* six queues of two readings, in 10 s */
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_failed(snapshot, "postfix:main", "not done within"));
    snapshot_release(snapshot);
    snapshot = fixture_sample(mail);
    assert_true(fixture_succeeded(snapshot, "postfix:main"));
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

#define HOSTILE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOSTILE_TEST(a_million_messages_are_counted_in_little_memory),
        HOSTILE_TEST(a_million_messages_on_a_slow_disk_end_at_the_deadline),
        HOSTILE_TEST(a_slow_disk_has_the_time_of_the_servers_that_are_not_there),
        HOSTILE_TEST(an_error_of_the_disk_is_told_and_passes),
        HOSTILE_TEST(what_is_no_file_is_no_message),
        HOSTILE_TEST(a_fifo_for_a_configuration_does_not_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
