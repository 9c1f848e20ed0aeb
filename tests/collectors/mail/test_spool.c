/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/collectors/mail/spool_fixture.h"

static struct mail_instance_option records[3];

static void *open_spools(struct fixture *fixture, size_t count)
{
    static struct collector_paths paths;
    static struct mail_options options;
    void *state;
    paths = (struct collector_paths){"/proc", "/sys", fixture->root};
    options = (struct mail_options){.spool = {records, count}};
    assert_int_equal(mail_collector.open(&paths, &options, &state), 0);
    return state;
}

static void files_that_match_are_messages(void **state)
{
    struct fixture *fixture = *state;
    int64_t now = clock_wall() / CLOCK_SECOND;
    records[0] = (struct mail_instance_option){.name = "pickup", .path = "/srv/pickup", .include = "*.eml"};
    fixture_directory(fixture, "srv/pickup/inner.eml");
    fixture_file(fixture, "srv/pickup/a.eml", "12345");
    fixture_file(fixture, "srv/pickup/b.eml", "1234567");
    fixture_file(fixture, "srv/pickup/c.tmp", "x");
    fixture_touch(fixture, "srv/pickup/a.eml", now - 4000);
    fixture_touch(fixture, "srv/pickup/b.eml", now - 400);
    assert_int_equal(symlink("a.eml", fixture_path(fixture, "srv/pickup/link.eml")), 0);
    assert_int_equal(mkfifo(fixture_path(fixture, "srv/pickup/fifo.eml"), 0600), 0);
    void *mail = open_spools(fixture, 1);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_succeeded(snapshot, "spool:pickup"));
    assert_true(fixture_value(snapshot, "pickup", "spool", MAIL_QUEUES_MESSAGES) == 2);
    assert_true(fixture_value(snapshot, "pickup", "spool", MAIL_QUEUES_BYTES) == 12);
    assert_true(fixture_value(snapshot, "pickup", "spool", MAIL_QUEUES_OLDEST_AGE) == 4000);
    assert_true(fixture_value(snapshot, "pickup", "spool", MAIL_QUEUES_OVER_5M) == 2);
    assert_true(fixture_value(snapshot, "pickup", "spool", MAIL_QUEUES_OVER_1H) == 1);
    long row = fixture_queue(snapshot, "pickup", "spool");
    assert_string_equal(snapshot_text(snapshot, &table_mail_queues, (size_t)row, MAIL_QUEUES_MTA), "spool");
    assert_string_equal(snapshot_text(snapshot, &table_mail_queues, (size_t)row, MAIL_QUEUES_AGE_METHOD), "file time");
    assert_false(snapshot_has(snapshot, &table_mail_queues, (size_t)row, MAIL_QUEUES_DUE));
    snapshot_release(snapshot);

    /* A file grows without a change of its directory. */
    fixture_file(fixture, "srv/pickup/b.eml", "1234567890");
    fake_clock_advance(61 * CLOCK_SECOND);
    snapshot = fixture_sample(mail);
    assert_true(fixture_value(snapshot, "pickup", "spool", MAIL_QUEUES_BYTES) == 15);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void each_spool_is_a_source_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    records[0] = (struct mail_instance_option){.name = "missing", .path = "/srv/missing", .include = "*"};
    records[1] = (struct mail_instance_option){.name = "drop", .path = "/srv/drop", .include = "*"};
    records[2] = (struct mail_instance_option){.name = "drop", .path = "/srv/other", .include = "*"};
    fixture_directory(fixture, "srv/drop");
    fixture_directory(fixture, "srv/other");
    fixture_file(fixture, "srv/other/m", "");
    void *mail = open_spools(fixture, 3);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_failed(snapshot, "spool:missing", "/srv/missing: No such file"));
    assert_int_equal(fixture_queue(snapshot, "missing", "spool"), -1);
    assert_true(fixture_succeeded(snapshot, "spool:drop"));
    assert_true(fixture_value(snapshot, "drop", "spool", MAIL_QUEUES_MESSAGES) == 0);
    assert_true(fixture_value(snapshot, "/srv/other", "spool", MAIL_QUEUES_MESSAGES) == 1);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void kinds_have_their_own_directories(void **state)
{
    struct fixture *fixture = *state;
    int64_t now = clock_wall() / CLOCK_SECOND;
    records[0] = (struct mail_instance_option){
        .name = "iis", .path = "/srv/mailroot", .include = "*", .kind = MAIL_SPOOL_MAILROOT};
    records[1] = (struct mail_instance_option){
        .name = "ex", .path = "/srv/TransportRoles", .include = "*.eml", .kind = MAIL_SPOOL_EXCHANGE};
    records[2] = (struct mail_instance_option){
        .name = "qmail", .path = "/var/qmail/queue", .include = "*", .kind = MAIL_SPOOL_QMAIL};
    fixture_directory(fixture, "srv/mailroot/Queue");
    fixture_directory(fixture, "srv/mailroot/Badmail");
    fixture_file(fixture, "srv/mailroot/Queue/NTFS_1.EML", "x");
    fixture_file(fixture, "srv/mailroot/Badmail/1.BAD", "x");
    fixture_directory(fixture, "srv/TransportRoles/Replay"); /* Pickup is missing */
    fixture_directory(fixture, "var/qmail/queue/mess/0");
    fixture_directory(fixture, "var/qmail/queue/mess/22");
    fixture_directory(fixture, "var/qmail/queue/todo/3");
    fixture_file(fixture, "var/qmail/queue/mess/0/1234", "12345");
    fixture_file(fixture, "var/qmail/queue/mess/22/99", "1");
    fixture_file(fixture, "var/qmail/queue/mess/22/lock", "1");
    fixture_touch(fixture, "var/qmail/queue/mess/22/99", now - 500);
    void *mail = open_spools(fixture, 3);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_value(snapshot, "iis", "Queue", MAIL_QUEUES_MESSAGES) == 1);
    assert_true(fixture_value(snapshot, "iis", "Badmail", MAIL_QUEUES_MESSAGES) == 1);
    assert_int_equal(fixture_queue(snapshot, "iis", "Pickup"), -1);
    assert_true(fixture_failed(snapshot, "spool:ex", "No such file"));
    assert_true(fixture_value(snapshot, "qmail", "mess", MAIL_QUEUES_MESSAGES) == 2);
    assert_true(fixture_value(snapshot, "qmail", "mess", MAIL_QUEUES_OLDEST_AGE) == 500);
    assert_true(fixture_value(snapshot, "qmail", "mess", MAIL_QUEUES_BYTES) == 6);
    assert_true(fixture_value(snapshot, "qmail", "todo", MAIL_QUEUES_MESSAGES) == 0);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

static void times_that_cannot_be_do_no_harm(void **state)
{
    struct fixture *fixture = *state;
    records[0] = (struct mail_instance_option){.name = "drop", .path = "/srv/drop", .include = "*"};
    fixture_directory(fixture, "srv/drop");
    fixture_file(fixture, "srv/drop/past", "");
    fixture_file(fixture, "srv/drop/future", "");
    fixture_touch(fixture, "srv/drop/past", -1000000);
    fixture_touch(fixture, "srv/drop/future", INT64_C(15032385535));
    void *mail = open_spools(fixture, 1);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_value(snapshot, "drop", "spool", MAIL_QUEUES_OLDEST_AGE) > 1e9);
    assert_true(fixture_value(snapshot, "drop", "spool", MAIL_QUEUES_OVER_3D) == 1);
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

#define SPOOL_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SPOOL_TEST(files_that_match_are_messages),
        SPOOL_TEST(each_spool_is_a_source_of_its_own),
        SPOOL_TEST(kinds_have_their_own_directories),
        SPOOL_TEST(times_that_cannot_be_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
