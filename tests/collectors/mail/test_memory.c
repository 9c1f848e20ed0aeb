/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "base/file.h"
#include "collectors/mail/servers/exim/limits.h"
#include "tests/collectors/mail/spool_fixture.h"
#include "tests/failing_memory.h"

/* The linker puts this in front of the real one too. */
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

char *__wrap_strdup(const char *text)
{
    return failing_memory_strikes() ? NULL : __real_strdup(text);
}

/* jansson tells want of memory as bad syntax: then one sample is without the four queues of Exchange. */
static size_t short_of;

static void *json_allocate(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        short_of = 4;
    return memory;
}

/* Two samples, with the allocation of this number failing. Whether it came to that. What does not fail must be whole:
 * so many rows. */
static bool run(const struct collector_paths *paths, const struct mail_options *options, long failing, size_t rows)
{
    const struct builder_settings settings = {.interval = 5 * CLOCK_SECOND};
    void *mail = NULL;
    short_of = 0;
    failing_memory_arm((unsigned long)failing + 1);
    int error = mail_collector.open(paths, options, &mail);
    for (unsigned i = 0; i < 2 && error == 0; i++) {
        struct builder *builder = NULL;
        struct snapshot *snapshot = NULL;
        error = builder_new(&settings, NULL, &builder);
        if (error == 0)
            error = mail_collector.collect(mail, builder, INT64_MAX);
        if (error == 0)
            error = builder_finish(builder, &snapshot);
        if (error == 0 && snapshot_row_count(snapshot, &table_mail_queues) != rows)
            assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), rows - short_of);
        short_of = 0;
        snapshot_release(snapshot);
        builder_free(builder);
    }
    bool reached = failing_memory_disarm();
    mail_collector.close(mail);
    assert_true(error == 0 || (reached && error == -ENOMEM));
    return reached;
}

static void run_all(const struct collector_paths *paths, const struct mail_options *options, size_t rows)
{
    long failing = 0;
    while (run(paths, options, failing, rows))
        failing++;
    print_message("%ld allocations\n", failing);
    assert_in_range(failing, 50, 5000);
}

static void each_allocation_may_fail(void **state)
{
    struct fixture *fixture = *state;
    struct collector_paths paths = {"/proc", "/sys", fixture->root};
    struct mail_instance_option spool = {.name = "drop", .path = "/srv/drop", .include = "*"};
    struct mail_options options = {.detect = true, .content = MAIL_CONTENT_TOP, .spool = {&spool, 1}};
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
    fixture_directory(fixture, "var/spool/in/defer/3");
    fixture_file(fixture, "srv/drop/m", "");
    for (unsigned i = 0; i < 6; i++)
        fixture_message(fixture, "var/spool/in/deferred/3", 1700000000 + 100000 * i, i);
    fixture_file(fixture, "var/spool/in/deferred/3/3E5B61A2C7", "x");
    fixture_file(fixture, "var/spool/in/defer/3/3E5B61A2C7", "\nrecipient=a@b.example\nstatus=4.4.1\nreason=no\n");
    run_all(&paths, &options, 13);
}

static void make_other_servers(struct fixture *fixture)
{
    static const char *const directories[] = {"etc/mail",
                                              "srv",
                                              "var/spool/mqueue/q1",
                                              "var/spool/mqueue/q2/qf",
                                              "var/spool/slow",
                                              "var/spool/mqueue-client",
                                              "var/spool/smtpd/queue/0a/0a1b2c3d",
                                              "var/spool/smtpd/incoming",
                                              "var/spool/smtpd/offline",
                                              "var/spool/exim4/input/J",
                                              "var/spool/exim4/msglog/J",
                                              "var/spool/exim4/bulk/input"};
    struct text drop = TEXT_EMPTY;
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
        fixture_directory(fixture, directories[i]);
    fixture_file(
        fixture, "etc/mail/sendmail.cf",
        "O QueueDirectory=/var/spool/mqueue/q*\nQslow, Path=/var/spool/slow, Flags=f\nO MaxDaemonChildren=12\n"
        "O DaemonPortOptions=Name=MTA-v4, Family=inet, Addr=127.0.0.1, Port=smtp\nO PidFile=/run/sendmail.pid\n");
    fixture_file(fixture, "var/spool/mqueue/q1/qf6AM0bhE0023353",
                 "V8\nMDeferred: Connection refused by mx\nRPFD:<u@d.example>\n.\n");
    fixture_file(fixture, "etc/smtpd.conf",
                 "listen on 127.0.0.1\nsmtp limit max-mails 50\nmta limit max-conn-per-host 3\n");
    fixture_file(fixture, "var/spool/smtpd/queue/0a/0a1b2c3d/message", "0123456789");
    fixture_file(fixture, "var/spool/smtpd/queue/0a/0a1b2c3d/0a1b2c3d76d1fda5", "version: 3\nrcpt: u@d.example\n");
    fixture_file(fixture, "var/spool/exim4/input/J/1xVvfJ-0006i7-31-H", "id-H\nu 1 1\n<>\n1 0\nXX\n1\nu@new.here\n");
    fixture_file(fixture, "var/spool/exim4/msglog/J/1xVvfJ-0006i7-31", "x u@b R=r defer (111): Connection refused\n");
    assert_int_equal(file_read(FIXTURES "/exchange/local.json", 1 << 20, &drop), 0);
    fixture_file(fixture, "srv/ex1.json", text_value(&drop));
    text_free(&drop);
}

static void each_allocation_of_other_servers_may_fail(void **state)
{
    struct fixture *fixture = *state;
    struct collector_paths paths = {"/proc", "/sys", fixture->root};
    struct mail_instance_option drop = {.name = "ex1", .path = "/srv/ex1.json"};
    struct mail_options options = {.detect = true, .content = MAIL_CONTENT_TOP, .exchange = {&drop, 1}};
    make_other_servers(fixture);
    json_set_alloc_funcs(json_allocate, free);
    /* Exim: input, bulk. Sendmail: mqueue, slow, mqueue-client. OpenSMTPD: three. Exchange: four. */
    run_all(&paths, &options, 2 + 3 + 3 + 4);
    json_set_alloc_funcs(malloc, free);
}

static void each_allocation_of_exims_answer_may_fail(void **state)
{
    (void)state;
    static const char answer[] =
        "smtp_accept_max = 20\nsmtp_accept_max_per_host = 4\nspool_directory = /var/spool/exim4\n"
        "daemon_smtp_ports = 25 : 587\nlocal_interfaces = <; 127.0.0.1\nremote_smtp transport:\n"
        "connection_max_messages = 7\n";
    long failing = 0;
    for (bool reached = true; reached; failing++) {
        struct exim_settings settings = {0};
        char output[sizeof(answer)];
        memcpy(output, answer, sizeof(answer));
        failing_memory_arm((unsigned long)failing + 1);
        int error = exim_settings_parse(&settings, output);
        reached = failing_memory_disarm();
        assert_int_equal(error, reached ? -ENOMEM : 0);
        exim_settings_free(&settings);
    }
    assert_in_range(failing, 4, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_allocation_may_fail, fixture_begin, fixture_end),
        cmocka_unit_test_setup_teardown(each_allocation_of_other_servers_may_fail, fixture_begin, fixture_end),
        cmocka_unit_test(each_allocation_of_exims_answer_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
