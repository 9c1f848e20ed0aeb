/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "collectors/mail/servers/postfix/limits.h"
#include "tests/collectors/mail/spool_fixture.h"

struct world {
    struct fixture *fixture;
    struct postfix_limits postfix;
    char subject[FILE_PATH_MAX];
};

static int begin(void **state)
{
    if (fixture_begin(state))
        return -1;
    struct world *world = calloc(1, sizeof(*world));
    world->fixture = *state;
    fixture_directory(world->fixture, "etc/postfix");
    *state = world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;
    postfix_limits_free(&world->postfix);
    *state = world->fixture;
    free(world);
    return fixture_end(state);
}

static int refresh(struct world *world)
{
    return postfix_limits_refresh(&world->postfix, world->fixture->root, "/etc/postfix", world->subject);
}

static const struct limits *load(struct world *world, const char *main_cf, const char *master_cf)
{
    fixture_file(world->fixture, "etc/postfix/main.cf", main_cf);
    fixture_file(world->fixture, "etc/postfix/master.cf", master_cf);
    assert_int_equal(refresh(world), 0);
    return &world->postfix.limits;
}

/* The setting of this kind in a scope, or NULL. */
static const struct limit_setting *find(const struct limits *limits, const char *scope, enum mail_limit limit)
{
    for (size_t i = 0; i < limits->setting_count; i++)
        if (limits->settings[i].limit == limit && strcmp(limits->settings[i].scope, scope) == 0)
            return &limits->settings[i];
    return NULL;
}

static void check(const struct limits *limits, const char *scope, enum mail_limit limit, double value, double fallback,
                  const char *native, const char *origin)
{
    const struct limit_setting *setting = find(limits, scope, limit);
    assert_non_null(setting);
    assert_true(setting->value == value);
    assert_true(setting->fallback == fallback);
    assert_string_equal(setting->native, native);
    if (origin)
        assert_string_equal(setting->origin, origin);
    else
        assert_null(setting->origin);
}

#define SMTPD "smtp inet n - y - - smtpd\n"

static void defaults_stand_where_nothing_is_set(void **state)
{
    const struct limits *limits =
        load(*state, "# nothing\n", SMTPD "smtp unix - - y - - smtp\nlocal unix - n n - - local\n");
    check(limits, "server", MAIL_LIMIT_ACTIVE_MESSAGES, 20000, 20000, "qmgr_message_active_limit", NULL);
    check(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS, 100, 100, "default_process_limit", NULL);
    check(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, 50, 50, "smtpd_client_connection_count_limit",
          NULL);
    check(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE_PER_SOURCE, INFINITY, INFINITY,
          "smtpd_client_connection_rate_limit", NULL);
    check(limits, "smtpd:25", MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, 300, 300, "smtpd_timeout", NULL);
    check(limits, "smtpd:25", MAIL_LIMIT_PROTOCOL_ERRORS, 20, 20, "smtpd_hard_error_limit", NULL);
    check(limits, "smtpd:25", MAIL_LIMIT_TARPIT_SECONDS, 1, 1, "smtpd_error_sleep_time", NULL);
    check(limits, "smtp", MAIL_LIMIT_OUTBOUND_CONNECTIONS, 100, 100, "default_process_limit", NULL);
    check(limits, "smtp", MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, 20, 20, "default_destination_concurrency_limit",
          NULL);
    check(limits, "local", MAIL_LIMIT_MAILBOX_DELIVERIES, 100, 100, "default_process_limit", NULL);
    const struct world *world = *state;
    assert_true(world->postfix.required_bytes == 15360000);
    assert_int_equal(limits->service_count, 2);
    assert_string_equal(limits->services[0].address, "*");
    assert_int_equal(limits->services[0].port, 25);
    assert_string_equal(limits->services[1].process, "smtp");
}

static void a_service_on_every_address_is_for_any(void **state)
{
    const struct limits *limits = load(*state, "inet_interfaces = 192.0.2.1\n",
                                       "0.0.0.0:25 inet n - y - - smtpd\n[::]:587 inet n - y - - smtpd\n"
                                       "127.0.0.1:465 inet n - y - - smtpd\n");
    assert_int_equal(limits->service_count, 3);
    assert_string_equal(limits->services[0].address, "*");
    assert_string_equal(limits->services[1].address, "*");
    assert_string_equal(limits->services[2].address, "127.0.0.1");
}

static void what_is_set_wins_and_zero_is_unlimited(void **state)
{
    const struct limits *limits = load(*state,
                                       "default_process_limit = 7\n"
                                       "smtpd_client_connection_count_limit = 5\n"
                                       "smtpd_client_connection_count_limit =\n  $small\n"
                                       "small = 3\n"
                                       "anvil_rate_time_unit = 10s\n"
                                       "smtpd_client_connection_rate_limit = 20\n"
                                       "smtpd_timeout = 2m\n"
                                       "smtp_destination_concurrency_limit = 0\n"
                                       "queue_minfree = 99000000\n",
                                       SMTPD "127.0.0.1:587 inet n - y - 0 smtpd\n"
                                             "   -o smtpd_client_connection_count_limit=0 -v\n"
                                             "   # a comment between\n"
                                             "   -o { smtpd_timeout = ${stress?{1}:{9}}s }\n"
                                             "smtp unix - - y - 12 smtp\n");
    check(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS, 7, 100, "default_process_limit", "main.cf");
    check(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, 3, 50, "smtpd_client_connection_count_limit",
          "main.cf");
    check(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE_PER_SOURCE, 120, INFINITY,
          "smtpd_client_connection_rate_limit", "main.cf");
    check(limits, "smtpd:25", MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, 120, 300, "smtpd_timeout", "main.cf");
    check(limits, "smtpd:127.0.0.1:587", MAIL_LIMIT_INBOUND_CONNECTIONS, INFINITY, 100, "process_limit", "master.cf");
    check(limits, "smtpd:127.0.0.1:587", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, INFINITY, 50,
          "smtpd_client_connection_count_limit", "master.cf");
    check(limits, "smtpd:127.0.0.1:587", MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, 9, 300, "smtpd_timeout", "master.cf");
    check(limits, "smtp", MAIL_LIMIT_OUTBOUND_CONNECTIONS, 12, 100, "process_limit", "master.cf");
    check(limits, "smtp", MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, INFINITY, 20,
          "smtp_destination_concurrency_limit", "main.cf");
    const struct world *world = *state;
    assert_true(world->postfix.required_bytes == 99000000);
}

static void postscreen_has_limits_of_its_own(void **state)
{
    const struct limits *limits = load(*state, "smtpd_client_connection_count_limit = 9\n",
                                       "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n");
    check(limits, "postscreen:25", MAIL_LIMIT_INBOUND_CONNECTIONS, 100, 100, "postscreen_pre_queue_limit", NULL);
    check(limits, "postscreen:25", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, 9, 50,
          "postscreen_client_connection_count_limit", NULL);
    assert_null(find(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS));
}

static void nonsense_leaves_its_limit_out(void **state)
{
    const struct limits *limits = load(*state,
                                       "smtpd_client_connection_count_limit = many\n"
                                       "smtpd_timeout = $smtpd_timeout\n"
                                       "smtpd_hard_error_limit = ${{a} == {b} ? {1} : {2}}\n"
                                       "anvil_rate_time_unit = 0\n"
                                       "smtpd_client_connection_rate_limit = 5\n",
                                       "no service\n  continued\n" SMTPD "smtp inet n - y\nsmtp inet n - y - x smtpd\n"
                                       "  -o nothing -o {unclosed -o");
    assert_null(find(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS));
    assert_null(find(limits, "smtpd:25", MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE));
    assert_null(find(limits, "smtpd:25", MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS));
    assert_null(find(limits, "smtpd:25", MAIL_LIMIT_PROTOCOL_ERRORS));
    assert_true(find(limits, "smtpd:25", MAIL_LIMIT_TARPIT_SECONDS)->value == 1);
}

/* Whether the first exempt range of the scope that has this address is there and not negated. */
static bool is_exempt(const struct limits *limits, const char *text)
{
    struct address address;
    assert_int_equal(address_parse(text, &address), 0);
    for (size_t i = 0; i < limits->range_count; i++)
        if (address_range_has(&limits->ranges[i].range, &address))
            return !limits->ranges[i].negated;
    return false;
}

static void networks_are_exempt(void **state)
{
    const struct limits *limits =
        load(*state, "mynetworks = !10.0.0.7, 10.0.0.0/8 [2001:db8::]/32\n  hash:/etc/n 1.2.3.4\n", SMTPD);
    assert_true(is_exempt(limits, "10.255.0.1"));
    assert_true(is_exempt(limits, "2001:db8::9"));
    assert_true(is_exempt(limits, "1.2.3.4"));
    assert_false(is_exempt(limits, "10.0.0.7"));
    assert_false(is_exempt(limits, "127.0.0.1"));

    limits = load(*state, "mynetworks = 10.0.0.0/8\nsmtpd_client_event_limit_exceptions =\n", SMTPD);
    assert_int_equal(limits->range_count, 0);

    limits = load(*state, "smtpd_client_event_limit_exceptions = 192.0.2.0/24\n", SMTPD);
    assert_int_equal(limits->range_count, 1);

    limits = load(*state, "compatibility_level = 3.6\n", SMTPD);
    assert_true(is_exempt(limits, "127.0.0.1"));
    assert_false(is_exempt(limits, "127.0.0.2"));
    limits = load(*state, "mynetworks_style = subnet\n", SMTPD);
    assert_true(is_exempt(limits, "127.0.0.2"));
}

static void services_listen_where_inet_interfaces_says(void **state)
{
    const struct limits *limits = load(*state, "inet_interfaces = 192.0.2.1, [2001:db8::1], loopback-only\n",
                                       SMTPD "10.0.0.1:25 inet n - y - - smtpd\n");
    assert_int_equal(limits->service_count, 5);
    assert_string_equal(limits->services[0].address, "192.0.2.1");
    assert_string_equal(limits->services[1].address, "2001:db8::1");
    assert_string_equal(limits->services[3].address, "::1");
    assert_string_equal(limits->services[4].address, "10.0.0.1");
    limits = load(*state, "inet_interfaces = $myhostname\nmyhostname = mail.example\n", SMTPD);
    assert_string_equal(limits->services[0].address, "*");
}

static void files_are_read_again_when_they_change(void **state)
{
    struct world *world = *state;
    load(world, "default_process_limit = 7\n", SMTPD);
    int64_t changed = postfix_limits_changed(&world->postfix);
    assert_true(changed > 0);
    const struct limit_setting *before = world->postfix.limits.settings;
    assert_int_equal(refresh(world), 0);
    assert_ptr_equal(world->postfix.limits.settings, before);
    fixture_file(world->fixture, "etc/postfix/master.cf", SMTPD "\n");
    fixture_touch(world->fixture, "etc/postfix/master.cf", changed / CLOCK_SECOND + 5);
    assert_int_equal(refresh(world), 0);
    assert_true(postfix_limits_changed(&world->postfix) > changed);
    fixture_unlink(world->fixture, "etc/postfix/master.cf");
    assert_int_equal(refresh(world), -ENOENT);
    assert_non_null(strstr(world->subject, "/etc/postfix/master.cf"));
}

#define LIMIT_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIMIT_TEST(defaults_stand_where_nothing_is_set),
        LIMIT_TEST(a_service_on_every_address_is_for_any),
        LIMIT_TEST(what_is_set_wins_and_zero_is_unlimited),
        LIMIT_TEST(postscreen_has_limits_of_its_own),
        LIMIT_TEST(nonsense_leaves_its_limit_out),
        LIMIT_TEST(networks_are_exempt),
        LIMIT_TEST(services_listen_where_inet_interfaces_says),
        LIMIT_TEST(files_are_read_again_when_they_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
