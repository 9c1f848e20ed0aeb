/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "collectors/mail/servers/exim/limits.h"
#include "collectors/mail/servers/exim/queue_id.h"
#include "tests/collectors/mail/spool_fixture.h"

static int64_t arrival_of(const char *name)
{
    int64_t arrival = -1;
    return exim_queue_id_arrival(name, strlen(name), &arrival) == ARRIVAL_NAME ? arrival / CLOCK_SECOND : -1;
}

static void names_tell_the_arrival(void **state)
{
    (void)state;
    assert_int_equal(arrival_of("1xUvSJ-0000X7-0y-H"), 1795307359);
    assert_int_equal(arrival_of("1xUvSJ-0000000X7ab-0y1z-H"), 1795307359);
    assert_int_equal(arrival_of("zzzzzz-000000-00-H"), TIMES_LAST / CLOCK_SECOND);
    static const char *const others[] = {
        "1xUvSJ-0000X7-0y-D",
        "1xUvSJ-0000X7-0y-J",
        "1xUvSJ-0000X7-0y",
        "1xUvSJ-0000X7-0y-H.new",
        "1xUvS_-0000X7-0y-H",
        "1xUvSJ-0000X7-0y-0000-H",
        "hdr.12345",
        "-H",
        "1xUvSJ_0000X7-0y-H",
        "1xUvSJ-0000000X7ab-0y1-H",
        "",
        "1xUvSJ-0000X7-0y-h",
        "\xff\xfe\x01xSJ-0000X7-0y-H",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_int_equal(arrival_of(others[i]), -1);
    assert_true(exim_queue_id_is_body("1xUvSJ-0000X7-0y-D", 18));
    assert_false(exim_queue_id_is_body("1xUvSJ-0000X7-0y-H", 18));
}

/* The -H file of a message as Exim writes it. */
static void put_message(struct fixture *fixture, const char *directory, int64_t seconds, unsigned number, bool frozen)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char id[8] = "", below[256], head[512];
    for (unsigned i = 0; i < 6; i++, seconds /= 62)
        id[5 - i] = digits[seconds % 62];
    snprintf(head, sizeof(head),
             "%s-%06u-00-H\nDebian-exim 107 116\n<a@b>\n1 0\n-received_time_usec .1\n%sXX\n1\nc@d\n\n", id, number,
             frozen ? "-frozen 1795307359\n" : "");
    snprintf(below, sizeof(below), "%s/%s-%06u-00-H", directory, id, number);
    fixture_file(fixture, below, head);
    below[strlen(below) - 1] = 'D';
    fixture_file(fixture, below, "body");
}

static struct snapshot *sample(struct fixture *fixture, struct mail_options *options)
{
    static struct collector_paths paths;
    void *mail;
    paths = (struct collector_paths){"/proc", "/sys", fixture->root};
    assert_int_equal(mail_collector.open(&paths, options, &mail), 0);
    struct snapshot *snapshot = fixture_sample(mail);
    mail_collector.close(mail);
    return snapshot;
}

static void split_and_named_queues_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct mail_options options = {.detect = true};
    int64_t now = clock_wall() / CLOCK_SECOND;
    fixture_directory(fixture, "var/spool/exim4/input/J");
    fixture_directory(fixture, "var/spool/exim4/bulk/input");
    fixture_directory(fixture, "var/spool/exim4/msglog");
    put_message(fixture, "var/spool/exim4/input", now - 4000, 1, false);
    put_message(fixture, "var/spool/exim4/input/J", now - 7000, 2, true);
    put_message(fixture, "var/spool/exim4/bulk/input", now - 30, 3, false);
    fixture_file(fixture, "var/spool/exim4/input/hdr.1", "x");
    struct snapshot *snapshot = sample(fixture, &options);
    assert_true(fixture_succeeded(snapshot, "exim:main"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 2);
    assert_true(fixture_value(snapshot, "main", "input", MAIL_QUEUES_MESSAGES) == 2);
    assert_true(fixture_value(snapshot, "main", "input", MAIL_QUEUES_OLDEST_AGE) == 7000);
    assert_true(fixture_value(snapshot, "main", "input", MAIL_QUEUES_FROZEN) == 1);
    assert_true(fixture_value(snapshot, "main", "input", MAIL_QUEUES_BYTES) > 2 * 60);
    assert_true(fixture_value(snapshot, "main", "bulk", MAIL_QUEUES_MESSAGES) == 1);
    snapshot_release(snapshot);

    struct mail_instance_option named[] = {{.name = "relay", .path = "/srv/exim"}};
    options = (struct mail_options){.exim = {named, 1}};
    snapshot = sample(fixture, &options);
    assert_true(fixture_failed(snapshot, "exim:relay", "/srv/exim"));
    assert_int_equal(fixture_queue(snapshot, "main", "input"), -1);
    snapshot_release(snapshot);
}

static void a_flood_of_named_queues_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct mail_options options = {.detect = true};
    char below[64];
    fixture_directory(fixture, "var/spool/exim4/input");
    for (unsigned i = 0; i < 100; i++) {
        snprintf(below, sizeof(below), "var/spool/exim4/q%u/input", i);
        fixture_directory(fixture, below);
    }
    struct snapshot *snapshot = sample(fixture, &options);
    assert_true(fixture_failed(snapshot, "exim:main", "Value too large"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 0);
    snapshot_release(snapshot);
}

static const struct limit_setting *find(const struct limits *limits, const char *scope, enum mail_limit limit)
{
    for (size_t i = 0; i < limits->setting_count; i++)
        if (limits->settings[i].limit == limit && strcmp(limits->settings[i].scope, scope) == 0)
            return &limits->settings[i];
    return NULL;
}

static void what_exim_prints_is_read(void **state)
{
    (void)state;
    struct exim_settings settings = {0};
    char output[] =
        "spool_directory = /var/spool/exim4\n/etc/exim4/exim4.conf\npid_file_path = \nsmtp_accept_max = 0\n"
        "smtp_accept_max_per_host = 7\nsmtp_accept_max_per_connection = 1000\n"
        "smtp_receive_timeout = 1h2m3s\nsmtp_max_synprot_errors = 0\nqueue_run_max = 5\n"
        "remote_max_parallel = 4\ncheck_spool_space = 10M\nlocal_interfaces = <; 192.0.2.1.26 ; [::1]:587; ::0\n"
        "daemon_smtp_ports = smtp : 587\n\nremote_smtp transport:\nno_body_only\ndriver = smtp\n"
        "max_parallel = \nconnection_max_messages = 500\n\npipe transport:\ndriver = pipe\nmax_parallel = 3\n";
    assert_int_equal(exim_settings_parse(&settings, output), 0);
    const struct limits *limits = &settings.limits;
    assert_true(isinf(find(limits, "server", MAIL_LIMIT_INBOUND_CONNECTIONS)->value));
    assert_true(find(limits, "server", MAIL_LIMIT_INBOUND_CONNECTIONS)->fallback == 20);
    assert_true(find(limits, "server", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE)->value == 7);
    assert_null(find(limits, "server", MAIL_LIMIT_MESSAGES_PER_CONNECTION)->origin);
    assert_true(find(limits, "server", MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS)->value == 3723);
    assert_true(find(limits, "server", MAIL_LIMIT_PROTOCOL_ERRORS)->value == 0);
    assert_true(find(limits, "queue_runners", MAIL_LIMIT_OUTBOUND_CONNECTIONS)->value == 20);
    assert_true(isinf(find(limits, "transport:remote_smtp", MAIL_LIMIT_OUTBOUND_CONNECTIONS)->value));
    assert_true(find(limits, "transport:remote_smtp", MAIL_LIMIT_MESSAGES_PER_CONNECTION)->value == 500);
    assert_null(find(limits, "transport:pipe", MAIL_LIMIT_OUTBOUND_CONNECTIONS));
    assert_true(settings.required_bytes == 10485760);
    assert_string_equal(settings.configure_file, "/etc/exim4/exim4.conf");
    assert_null(settings.pid_file);
    assert_string_equal(limits->services[0].address, "192.0.2.1");
    assert_int_equal(limits->services[0].port, 26);
    assert_string_equal(limits->services[1].address, "::1");
    assert_int_equal(limits->services[1].port, 587);
    assert_string_equal(limits->services[2].address, "*");
    assert_int_equal(limits->services[3].port, 587);
    exim_settings_free(&settings);

    char nonsense[] = "smtp_accept_max = ${if eq{a}{b}{1}{2}}\n = \n transport:\nx = y = z\n";
    assert_int_equal(exim_settings_parse(&settings, nonsense), -EINVAL);
    assert_null(find(&settings.limits, "server", MAIL_LIMIT_INBOUND_CONNECTIONS));
    exim_settings_free(&settings);
}

#define EXIM_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXIM_TEST(names_tell_the_arrival),
        EXIM_TEST(split_and_named_queues_are_found),
        EXIM_TEST(a_flood_of_named_queues_is_refused),
        EXIM_TEST(what_exim_prints_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
