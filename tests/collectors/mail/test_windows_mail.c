/* SPDX-License-Identifier: Apache-2.0
 * Mail on Windows: lengths of Exchange's queues from its counters, spool directories, and what the transport logs. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "collectors/collector.h"
#include "collectors/mail/options.h"
#include "snapshot/tables/all.h"
#include "tests/fakes/counters.h"
#include "tests/fakes/event_log.h"
#include "tests/snapshot/sample.h"
#include "tests/tree.h"

extern const struct collector mail_collector;

#define TRANSPORT "\\MSExchangeTransport Queues(_total)\\"

struct world {
    char root[64];
    struct collector_paths paths;
    struct mail_options options;
    struct mail_instance_option spool;
    struct mail_counter_option counter;
    void *state;
    struct snapshot *snapshot;
};

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world = (struct world){.options = {.detect = true}};
    tree_make(world.root, sizeof(world.root));
    world.paths = (struct collector_paths){"/nonexistent", "/nonexistent", world.root};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mail_collector.close(world.state);
    snapshot_release(world.snapshot);
    fake_counters_clear();
    fake_event_log_fail(0);
    tree_remove(world.root);
    return 0;
}

static void add_spool(enum mail_spool_kind kind, const char *include)
{
    world.spool = (struct mail_instance_option){.name = "iis", .path = "/mailroot", .include = include, .kind = kind};
    world.options.spool = (struct option_records){&world.spool, 1};
}

static int sample(void)
{
    struct builder *builder = sample_begin(world.snapshot, 1000);
    if (!world.state)
        assert_int_equal(mail_collector.open(&world.paths, &world.options, &world.state), 0);
    int result = mail_collector.collect(world.state, builder, clock_monotonic() + CLOCK_SECOND);
    world.snapshot = sample_end(builder, world.snapshot);
    return result;
}

static size_t queue_row(const char *queue)
{
    long row = sample_find(world.snapshot, &table_mail_queues, MAIL_QUEUES_QUEUE, queue);
    if (row < 0)
        fail_msg("no queue %s", queue);
    return (size_t)row;
}

static void expect_messages(const char *queue, uint64_t messages)
{
    assert_int_equal(snapshot_number(world.snapshot, &table_mail_queues, queue_row(queue), MAIL_QUEUES_MESSAGES),
                     messages);
}

static int success_of(const char *source)
{
    long row = sample_find(world.snapshot, &table_sources, SOURCES_SOURCE, source);
    return row < 0 ? -1 : (int)snapshot_number(world.snapshot, &table_sources, (size_t)row, SOURCES_SUCCESS);
}

static void a_host_without_exchange_has_nothing_of_the_kind(void **state)
{
    (void)state;
    assert_int_equal(sample(), -ENODATA);
    assert_int_equal(snapshot_row_count(world.snapshot, &table_mail_queues), 0);
    assert_int_equal(snapshot_row_count(world.snapshot, &table_sources), 0);
}

static void counters_are_found_by_themselves(void **state)
{
    (void)state;
    fake_counters_set(TRANSPORT "Submission Queue Length", 417);
    fake_counters_set(TRANSPORT "External Retry Remote Delivery Queue Length", 3);
    fake_event_log_happen("MSExchangeTransport", 1021, 4);
    assert_int_equal(sample(), 0);
    expect_messages("Submission", 417);
    expect_messages("External Retry Remote Delivery", 3);
    assert_int_equal(snapshot_row_count(world.snapshot, &table_mail_queues), 2);
    /* A length tells no age. */
    assert_false(
        snapshot_has(world.snapshot, &table_mail_queues, queue_row("Submission"), MAIL_QUEUES_OLDEST_AGE));
    assert_int_equal(success_of("exchange:counters"), 1);
    long row = sample_find(world.snapshot, &table_system_events, SYSTEM_EVENTS_ID, "1021");
    assert_int_equal(snapshot_number(world.snapshot, &table_system_events, (size_t)row, SYSTEM_EVENTS_EVENTS), 4);
    fake_counters_fail(-EIO);
    assert_int_equal(sample(), 0);
    assert_int_equal(success_of("exchange:counters"), 0);
    assert_int_equal(snapshot_row_count(world.snapshot, &table_mail_queues), 0);
    fake_counters_fail(0);
    assert_int_equal(sample(), 0);
    expect_messages("Submission", 417);
}

static void counters_that_are_named_must_be_there(void **state)
{
    (void)state;
    world.counter = (struct mail_counter_option){"mine", "\\My Object(*)\\Length"};
    world.options.exchange_counters = (struct option_records){&world.counter, 1};
    fake_counters_set(TRANSPORT "Submission Queue Length", 417);
    assert_int_equal(sample(), 0);
    assert_int_equal(success_of("exchange:counters"), 0);
    assert_int_equal(snapshot_row_count(world.snapshot, &table_mail_queues), 0);
    fake_counters_set("\\My Object(*)\\Length", 5);
    assert_int_equal(sample(), 0);
    expect_messages("mine", 5);
    assert_int_equal(success_of("exchange:counters"), 1);
}

static void make_message(const char *path, int64_t age)
{
    char full[256];
    struct timespec times[2];
    tree_file(world.root, path, "%s", "0123456789");
    snprintf(full, sizeof(full), "%s/%s", world.root, path);
    times[0] = times[1] = (struct timespec){.tv_sec = clock_wall() / CLOCK_SECOND - age};
    assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
}

static void a_mailroot_has_its_directories(void **state)
{
    (void)state;
    add_spool(MAIL_SPOOL_MAILROOT, "*");
    make_message("mailroot/Queue/a.eml", 7200);
    make_message("mailroot/Queue/b.eml", 60);
    make_message("mailroot/Badmail/c.bad", 100000);
    assert_int_equal(sample(), 0);
    expect_messages("Queue", 2);
    expect_messages("Badmail", 1);
    assert_int_equal(snapshot_row_count(world.snapshot, &table_mail_queues), 2);
    size_t row = queue_row("Queue");
    const struct table *table = &table_mail_queues;
    assert_int_equal(snapshot_number(world.snapshot, table, row, MAIL_QUEUES_BYTES), 20);
    assert_int_equal(snapshot_number(world.snapshot, table, row, MAIL_QUEUES_OVER_5M), 1);
    assert_int_equal(snapshot_number(world.snapshot, table, row, MAIL_QUEUES_OVER_5M + 1), 1);
    assert_int_equal(snapshot_number(world.snapshot, table, row, MAIL_QUEUES_OVER_5M + 2), 0);
    double age = snapshot_real(world.snapshot, table, row, MAIL_QUEUES_OLDEST_AGE);
    assert_in_range((int)age, 7200, 7206);
    assert_int_equal(success_of("spool:iis"), 1);
}

static void exchange_has_its_folders_and_each_name_once(void **state)
{
    (void)state;
    add_spool(MAIL_SPOOL_EXCHANGE, "*.eml");
    make_message("mailroot/Pickup/a.EML", 10);
    make_message("mailroot/Pickup/a.tmp", 10);
    make_message("mailroot/Replay/b.eml", 10);
    make_message("mailroot/BadMail/c.eml", 10);
    assert_int_equal(sample(), 0);
    expect_messages("Pickup", 1);
    expect_messages("Replay", 1);
    assert_int_equal(sample_find(world.snapshot, &table_mail_queues, MAIL_QUEUES_QUEUE, "BadMail"), -1);
}

static void a_directory_is_read_every_few_samples_and_ages_go_on(void **state)
{
    (void)state;
    add_spool(MAIL_SPOOL_PLAIN, "*");
    make_message("mailroot/a", 100);
    assert_int_equal(sample(), 0);
    make_message("mailroot/b", 1);
    assert_int_equal(sample(), 0);
    expect_messages("spool", 1);
    double age = snapshot_real(world.snapshot, &table_mail_queues, 0, MAIL_QUEUES_OLDEST_AGE);
    assert_in_range((int)age, 110, 112);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(sample(), 0);
    expect_messages("spool", 2);
}

static void a_spool_that_is_gone_is_down_and_not_empty(void **state)
{
    (void)state;
    add_spool(MAIL_SPOOL_PLAIN, "*");
    assert_int_equal(sample(), 0);
    assert_int_equal(success_of("spool:iis"), 0);
    assert_int_equal(snapshot_row_count(world.snapshot, &table_mail_queues), 0);
    make_message("mailroot/a", 1);
    assert_int_equal(sample(), 0);
    expect_messages("spool", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_host_without_exchange_has_nothing_of_the_kind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counters_are_found_by_themselves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counters_that_are_named_must_be_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mailroot_has_its_directories, set_up, tear_down),
        cmocka_unit_test_setup_teardown(exchange_has_its_folders_and_each_name_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_directory_is_read_every_few_samples_and_ages_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_spool_that_is_gone_is_down_and_not_empty, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
