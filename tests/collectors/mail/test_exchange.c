/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/file.h"
#include "collectors/mail/servers/exchange/drop.h"
#include "collectors/mail/servers/exchange/value.h"
#include "snapshot/tables/mail_servers.h"
#include "tests/collectors/mail/spool_fixture.h"

/* The linker puts this in front of the real one. */
int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);

static unsigned readings;

int __wrap_open64(const char *path, int flags, ...)
{
    readings += strstr(path, "/ex1.json") != NULL;
    return __real_open64(path, flags, 0600);
}

static int parse_file(struct exchange_drop *drop, const char *name)
{
    char path[512];
    struct text text = TEXT_EMPTY;
    snprintf(path, sizeof(path), FIXTURES "/exchange/%s", name);
    assert_int_equal(file_read(path, 1 << 20, &text), 0);
    *drop = (struct exchange_drop){0};
    int error = exchange_drop_parse(drop, &text);
    text_free(&text);
    return error;
}

static int parse_text(struct exchange_drop *drop, const char *content, size_t length)
{
    struct text text = TEXT_EMPTY;
    text_append(&text, content, length);
    *drop = (struct exchange_drop){0};
    int error = exchange_drop_parse(drop, &text);
    text_free(&text);
    return error;
}

static void check(const struct exchange_drop *drop, const char *scope, const char *native, double value,
                  double fallback)
{
    for (size_t i = 0; i < drop->limits.setting_count; i++) {
        const struct limit_setting *setting = &drop->limits.settings[i];
        if (strcmp(setting->scope, scope) != 0 || strcmp(setting->native, native) != 0)
            continue;
        assert_true(setting->value == value);
        assert_true(setting->fallback == fallback);
        return;
    }
    fail_msg("no %s of %s", native, scope);
}

#define DEFAULT_SCOPE "receive_connector:Default EX1"

/* Every row of the table of message throttling, as a local session of Exchange 2019 writes it. */
static void a_local_session_is_read(void **state)
{
    (void)state;
    struct exchange_drop drop;
    assert_int_equal(parse_file(&drop, "local.json"), 0);
    check(&drop, "server", "MaxConcurrentMailboxDeliveries", 20, 20);
    check(&drop, "server", "MaxConcurrentMailboxSubmissions", 20, 20);
    check(&drop, "server", "MaxConnectionRatePerMinute", 1200, 1200);
    check(&drop, "server", "MaxOutboundConnections", 1000, 1000);
    check(&drop, "server", "MaxPerDomainOutboundConnections", 40, 20);
    check(&drop, "server", "PickupDirectoryMaxMessagesPerMinute", 100, 100);
    check(&drop, "send_connector:To the Internet", "ConnectionInactivityTimeOut", 600, 600);
    check(&drop, "send_connector:To the Internet", "SmtpMaxMessagesPerConnection", 20, 20);
    check(&drop, DEFAULT_SCOPE, "MaxInboundConnection", 5000, 5000);
    check(&drop, DEFAULT_SCOPE, "MaxInboundConnectionPerSource", INFINITY, INFINITY);
    check(&drop, DEFAULT_SCOPE, "MaxInboundConnectionPercentagePerSource", 100, 100);
    check(&drop, DEFAULT_SCOPE, "ConnectionInactivityTimeout", 300, 300);
    check(&drop, DEFAULT_SCOPE, "ConnectionTimeout", 600, 600);
    check(&drop, DEFAULT_SCOPE, "MaxProtocolErrors", 5, 5);
    check(&drop, DEFAULT_SCOPE, "TarpitInterval", 5, 5);
    check(&drop, DEFAULT_SCOPE, "MessageRateLimit", INFINITY, INFINITY);
    check(&drop, "receive_connector:Gateway", "MaxInboundConnectionPerSource", 100, 20);
    check(&drop, "receive_connector:Gateway", "MaxInboundConnectionPercentagePerSource", 20, 2);
    assert_int_equal(drop.limits.range_count, 3);
    assert_int_equal(drop.queue_count, 4);
    assert_string_equal(drop.queues[0].name, "Submission");
    assert_true(drop.queues[0].oldest == 1767225600);
    assert_string_equal(drop.queues[1].name, "gateway.example");
    assert_int_equal(drop.queues[1].messages, 120);
    assert_true(drop.queues[1].velocity == -1.5);
    assert_non_null(strstr(drop.queues[1].detail, "SmartHostConnectorDelivery, Retry; 421 4.3.2"));
    assert_true(drop.queues[2].velocity == 2);
    assert_string_equal(drop.queues[3].name, "Poison");
    assert_int_equal(drop.resource_count, 3);
    assert_int_equal(drop.resources[0].level, 2);
    assert_int_equal(drop.resources[2].level, 1);
    exchange_drop_free(&drop);
}

static void check_remote(const char *name)
{
    struct exchange_drop drop;
    assert_int_equal(parse_file(&drop, name), 0);
    const char *scope = "receive_connector:Internet";
    check(&drop, "server", "MaxConcurrentMailboxDeliveries", 30, 30);
    check(&drop, "server", "MaxConcurrentMailboxSubmissions", 30, 30);
    check(&drop, "server", "MaxConnectionRatePerMinute", 1200, 1200);
    check(&drop, "server", "MaxOutboundConnections", INFINITY, 1000);
    check(&drop, "server", "MaxPerDomainOutboundConnections", 20, 20);
    check(&drop, "server", "PickupDirectoryMaxMessagesPerMinute", 100, 100);
    check(&drop, scope, "MaxInboundConnection", INFINITY, 5000);
    check(&drop, scope, "MaxInboundConnectionPerSource", 100, 100);
    check(&drop, scope, "MaxInboundConnectionPercentagePerSource", 2, 2);
    check(&drop, scope, "ConnectionInactivityTimeout", 60, 60);
    check(&drop, scope, "ConnectionTimeout", 300, 300);
    check(&drop, scope, "MaxProtocolErrors", INFINITY, 5);
    check(&drop, scope, "TarpitInterval", 5, 5);
    check(&drop, scope, "MessageRateLimit", INFINITY, INFINITY);
    check(&drop, "send_connector:Out", "ConnectionInactivityTimeOut", 93784, 600);
    assert_int_equal(drop.limits.service_count, 3);
    assert_int_equal(drop.queue_count, 1);
    assert_string_equal(drop.queues[0].name, "example.net");
    assert_int_equal(drop.queues[0].messages, 12);
    assert_true(isnan(drop.queues[0].velocity));
    assert_int_equal(drop.resources[0].level, 0);
    exchange_drop_free(&drop);
}

/* An old Edge server through a remote session: texts, and lists of one element that lost their array. */
static void remote_sessions_and_encodings_are_read(void **state)
{
    (void)state;
    check_remote("remote.json");
    check_remote("utf16.json");
    check_remote("utf16be.json");
    check_remote("utf8bom.json");
}

static void what_is_no_drop_file_is_refused(void **state)
{
    (void)state;
    struct exchange_drop drop;
    static const struct {
        const char *text;
        size_t length;
        int error;
    } cases[] = {
#define CASE(text, error) {text, sizeof(text) - 1, error}
        CASE("", -EINVAL),
        CASE("[]", -EINVAL),
        CASE("{\"queues\": [", -EINVAL),
        CASE("{} trailing", -EINVAL),
        CASE("{\"schema\": 2}", -ENOTSUP),
        CASE("\xff\xfe{", -EILSEQ),
        CASE("\xff\xfe\x00\xdc\x00\x00", -EILSEQ),
        CASE("\xff\xfe\x00\xd8\x41\x00", -EILSEQ),
        CASE("{\"queues\":\"\xff\"}", -EINVAL),
        CASE("{}", 0),
        CASE("{\"queues\":[1,null,{\"MessageCount\":-4},{\"MessageCount\":1e300},{}],\"transport\":7,"
             "\"send_connectors\":[[]],\"back_pressure\":[{\"Resource\":\"x\",\"CurrentResourceUse\":\"Odd\"}]}",
             0),
#undef CASE
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(parse_text(&drop, cases[i].text, cases[i].length), cases[i].error);
        assert_int_equal(drop.queue_count, 0);
        assert_int_equal(drop.resource_count, 0);
        exchange_drop_free(&drop);
    }
}

static double seconds_of(const char *json)
{
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    double seconds = exchange_seconds(value);
    json_decref(value);
    return seconds;
}

static double moment_of(const char *json)
{
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    double moment = exchange_moment(value);
    json_decref(value);
    return moment;
}

static void times_have_many_shapes(void **state)
{
    (void)state;
    assert_true(seconds_of("\"00:10:00\"") == 600);
    assert_true(seconds_of("\"00:00:00.5000000\"") == 0.5);
    assert_true(seconds_of("\"2.00:00:01\"") == 172801);
    assert_true(seconds_of("{\"Ticks\": 600000000}") == 60);
    assert_true(isinf(seconds_of("{\"IsUnlimited\": true}")));
    assert_true(isnan(seconds_of("\"ten\"")));
    assert_true(isnan(seconds_of("12")));
    assert_true(moment_of("\"/Date(1767225600000)/\"") == 1767225600);
    assert_true(moment_of("{\"value\": \"/Date(1767225600000)/\"}") == 1767225600);
    assert_true(moment_of("\"2026-01-01T02:00:00.1234567+02:00\"") == 1767225600);
    assert_true(moment_of("\"2025-12-31T19:00:00-05:00\"") == 1767225600);
    assert_true(isnan(moment_of("\"/Date(x)/\"")));
    assert_true(isnan(moment_of("\"yesterday\"")));
}

/* The fixture as a drop file in a tree of its own, written at this time. */
static void drop_at(struct fixture *fixture, int64_t seconds)
{
    struct text text = TEXT_EMPTY;
    assert_int_equal(file_read(FIXTURES "/exchange/local.json", 1 << 20, &text), 0);
    fixture_directory(fixture, "srv");
    fixture_file(fixture, "srv/ex1.json", text.data);
    fixture_touch(fixture, "srv/ex1.json", seconds);
    text_free(&text);
}

static void the_age_of_the_file_is_the_freshness(void **state)
{
    struct fixture *fixture = *state;
    struct mail_instance_option record = {.name = "ex1", .path = "/srv/ex1.json"};
    struct mail_options options = {.exchange = {&record, 1}};
    struct collector_paths paths = {"/proc", "/sys", fixture->root};
    int64_t now = clock_wall() / CLOCK_SECOND;
    void *mail;
    drop_at(fixture, now - 60);
    assert_int_equal(mail_collector.open(&paths, &options, &mail), 0);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_succeeded(snapshot, "exchange:ex1"));
    assert_true(fixture_value(snapshot, "ex1", "gateway.example", MAIL_QUEUES_MESSAGES) == 120);
    assert_true(fixture_value(snapshot, "ex1", "gateway.example", MAIL_QUEUES_VELOCITY) == -1.5);
    assert_true(fixture_value(snapshot, "ex1", "mailbox database 1", MAIL_QUEUES_FROZEN) == 3);
    assert_true(fixture_value(snapshot, "ex1", "Submission", MAIL_QUEUES_OLDEST_AGE) > 0);
    assert_true(fixture_value(snapshot, "ex1", "Poison", MAIL_QUEUES_OLDEST_AGE) == 0);
    assert_int_equal(fixture_queue(snapshot, "ex1", "ex2.example"), -1);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_back_pressure), 3);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_servers), 1);
    snapshot_release(snapshot);

    fixture_touch(fixture, "srv/ex1.json", now - 2000);
    snapshot = fixture_sample(mail);
    assert_true(fixture_failed(snapshot, "exchange:ex1", "written 2000 s ago"));
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_queues), 0);
    assert_int_equal(snapshot_row_count(snapshot, &table_mail_back_pressure), 0);
    snapshot_release(snapshot);

    fixture_file(fixture, "srv/ex1.json", "{");
    fixture_touch(fixture, "srv/ex1.json", now);
    snapshot = fixture_sample(mail);
    assert_true(fixture_failed(snapshot, "exchange:ex1", "Invalid argument"));
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

/* What is no drop file is not read in every sample; bad syntax may be want of memory, and is read once more. */
static void a_file_that_failed_is_read_again_when_it_changed(void **state)
{
    struct fixture *fixture = *state;
    struct mail_instance_option record = {.name = "ex1", .path = "/srv/ex1.json"};
    struct mail_options options = {.exchange = {&record, 1}};
    struct collector_paths paths = {"/proc", "/sys", fixture->root};
    static const struct {
        const char *content, *reason;
        unsigned readings;
    } cases[] = {{"{", "Invalid argument", 2},
                 {"[1", "Invalid argument", 2},
                 {"{\"schema\": 2}", "not supported", 1},
                 {"\xff\xfe{", "Invalid or incomplete", 1}};
    void *mail;
    fixture_directory(fixture, "srv");
    assert_int_equal(mail_collector.open(&paths, &options, &mail), 0);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        readings = 0;
        fixture_file(fixture, "srv/ex1.json", cases[i].content);
        fixture_touch(fixture, "srv/ex1.json", clock_wall() / CLOCK_SECOND - 10 + i);
        for (unsigned j = 0; j < 5; j++) {
            struct snapshot *snapshot = fixture_sample(mail);
            assert_true(fixture_failed(snapshot, "exchange:ex1", cases[i].reason));
            snapshot_release(snapshot);
        }
        assert_int_equal(readings, cases[i].readings);
    }
    drop_at(fixture, clock_wall() / CLOCK_SECOND);
    struct snapshot *snapshot = fixture_sample(mail);
    assert_true(fixture_succeeded(snapshot, "exchange:ex1"));
    snapshot_release(snapshot);
    mail_collector.close(mail);
}

#define EXCHANGE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXCHANGE_TEST(a_local_session_is_read),
        EXCHANGE_TEST(remote_sessions_and_encodings_are_read),
        EXCHANGE_TEST(what_is_no_drop_file_is_refused),
        EXCHANGE_TEST(times_have_many_shapes),
        EXCHANGE_TEST(the_age_of_the_file_is_the_freshness),
        EXCHANGE_TEST(a_file_that_failed_is_read_again_when_it_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
