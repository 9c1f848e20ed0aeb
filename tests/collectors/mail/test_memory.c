/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/collectors/mail/spool_fixture.h"

/* The linker puts these in front of the real ones. */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

static long allocations_left = -1; /* the one after these fails; -1: none fails */

static bool fails(void)
{
    if (allocations_left < 0)
        return false;
    return allocations_left-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

/* Two samples, with the allocation of this number failing. Whether it came to that. What does not fail must be whole:
 * 13 rows. */
static bool run(const struct collector_paths *paths, const struct mail_options *options, long failing)
{
    const struct builder_settings settings = {.interval = 5 * CLOCK_SECOND};
    void *mail = NULL;
    allocations_left = failing;
    int error = mail_collector.open(paths, options, &mail);
    for (unsigned i = 0; i < 2 && error == 0; i++) {
        struct builder *builder = NULL;
        struct snapshot *snapshot = NULL;
        error = builder_new(&settings, NULL, &builder);
        if (error == 0)
            error = mail_collector.collect(mail, builder, INT64_MAX);
        if (error == 0)
            error = builder_finish(builder, &snapshot);
        if (error == 0)
            assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 13);
        snapshot_release(snapshot);
        builder_free(builder);
    }
    bool reached = allocations_left < 0;
    allocations_left = -1;
    mail_collector.close(mail);
    assert_true(error == 0 || (reached && error == -ENOMEM));
    return reached;
}

static void each_allocation_may_fail(void **state)
{
    struct fixture *fixture = *state;
    struct collector_paths paths = {"/proc", "/sys", fixture->root};
    struct mail_instance_option spool = {.name = "drop", .path = "/srv/drop", .include = "*"};
    struct mail_options options = {.detect = true, .spool = {&spool, 1}};
    fixture_directory(fixture, "etc/postfix");
    fixture_directory(fixture, "etc/postfix-in");
    fixture_directory(fixture, "srv/drop");
    fixture_file(fixture, "etc/postfix/main.cf", "multi_instance_directories = /etc/postfix-in\n");
    fixture_file(fixture, "etc/postfix/master.cf",
                 "smtp inet n - y - - smtpd\n  -o smtpd_timeout=9s\nsmtp unix - - y - - smtp\n");
    fixture_file(fixture, "etc/postfix-in/main.cf", "a = b\nqueue_directory = ${a?/var/spool/in}\n");
    fixture_queues(fixture, "var/spool/postfix");
    fixture_queues(fixture, "var/spool/in");
    fixture_directory(fixture, "var/spool/in/deferred/3");
    fixture_file(fixture, "srv/drop/m", "");
    for (unsigned i = 0; i < 6; i++)
        fixture_message(fixture, "var/spool/in/deferred/3", 1700000000 + 100000 * i, i);
    fixture_file(fixture, "var/spool/in/deferred/3/3E5B61A2C7", "x");
    long failing = 0;
    while (run(&paths, &options, failing))
        failing++;
    assert_in_range(failing, 50, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_allocation_may_fail, fixture_begin, fixture_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
