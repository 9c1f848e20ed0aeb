/* SPDX-License-Identifier: Apache-2.0
 * From the parameters to the vocabulary. */
#include "collectors/mail/servers/postfix/limits.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "collectors/mail/servers/postfix/networks.h"

static const struct main_cf_entry defaults[] = {
    {"queue_directory", "/var/spool/postfix"},
    {"data_directory", "/var/lib/postfix"},
    {"compatibility_level", "0"},
    {"inet_interfaces", "all"},
    {"default_process_limit", "100"},
    {"qmgr_message_active_limit", "20000"},
    {"default_destination_concurrency_limit", "20"},
    {"local_destination_concurrency_limit", "2"},
    {"smtpd_client_connection_count_limit", "50"},
    {"smtpd_client_connection_rate_limit", "0"},
    {"smtpd_client_message_rate_limit", "0"},
    {"smtpd_client_event_limit_exceptions", "${smtpd_client_connection_limit_exceptions:$mynetworks}"},
    {"postscreen_client_connection_count_limit", "$smtpd_client_connection_count_limit"},
    {"postscreen_pre_queue_limit", "$default_process_limit"},
    {"anvil_rate_time_unit", "60s"},
    {"smtpd_timeout", "${stress?{10}:{300}}s"},
    {"smtpd_hard_error_limit", "${stress?{1}:{20}}"},
    {"smtpd_error_sleep_time", "1s"},
    {"queue_minfree", "0"},
    {"message_size_limit", "10240000"},
};

#define DEFAULTS (sizeof(defaults) / sizeof(defaults[0]))

/* The entries before main.cf's own: config_directory and the defaults. */
#define OWN_ENTRIES (DEFAULTS + 1)

/* smtpd wants room for one and a half messages of the greatest size (smtpd_check_size()). */
#define ROOM_MESSAGES 1.5

struct reading {
    struct main_cf *main_cf;
    size_t main_entries; /* beyond it stand the overrides of one service */
    struct limits *limits;
};

int postfix_limits_defaults(struct main_cf *main_cf, const char *config_directory)
{
    int error = main_cf_set(main_cf, "config_directory", config_directory);
    for (size_t i = 0; i < DEFAULTS && error == 0; i++)
        error = main_cf_set(main_cf, defaults[i].name, defaults[i].value);
    return error;
}

/* A number with a unit of time after it, in seconds; without unit it is that already. NaN for anything else. */
static double seconds_of(const char *text)
{
    static const struct {
        char unit;
        double seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}, {'\0', 1}};
    char number[24];
    double value;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits >= sizeof(number) || (text[digits] && text[digits + 1]))
        return NAN;
    memcpy(number, text, digits);
    number[digits] = '\0';
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (units[i].unit == text[digits] && parse_real(number, &value) == 0)
            return value * units[i].seconds;
    return NAN;
}

/* The value of a parameter, a number or a time; NaN where there is none or it makes no sense. */
static double number_of(const struct main_cf *main_cf, const char *name)
{
    struct text text = TEXT_EMPTY;
    int error = main_cf_value(main_cf, name, &text);
    double value = error == 0 && text.length > 0 ? seconds_of(parse_trim(text.data)) : NAN;
    text_free(&text);
    return value;
}

static double unlimited_at_zero(double value)
{
    return value == 0 ? INFINITY : value;
}

static const char *origin_of(const struct reading *reading, const char *name)
{
    size_t position = main_cf_find(reading->main_cf, name);
    if (position == reading->main_cf->count || position < OWN_ENTRIES)
        return NULL;
    return position < reading->main_entries ? "main.cf" : "master.cf";
}

/* zero_is_unlimited: what 0 means. */
struct parameter {
    const char *name;
    double fallback;
    enum mail_limit limit;
    bool zero_is_unlimited;
};

static void add_parameter(const struct reading *reading, const char *scope, const struct parameter *parameter,
                          double scale)
{
    double value = number_of(reading->main_cf, parameter->name);
    struct limit_setting setting = {parameter->limit,    scope,
                                    parameter->name,     value * scale,
                                    parameter->fallback, origin_of(reading, parameter->name)};
    if (parameter->zero_is_unlimited)
        setting.value = unlimited_at_zero(setting.value);
    limits_add(reading->limits, &setting);
}

/* The most processes of a service. */
static void add_process_limit(const struct reading *reading, const char *scope, enum mail_limit limit,
                              const struct master_service *service)
{
    bool by_default = strcmp(service->process_limit, "-") == 0;
    const char *name = by_default ? "default_process_limit" : "process_limit";
    double value = by_default ? number_of(reading->main_cf, name) : seconds_of(service->process_limit);
    limits_add(reading->limits, &(struct limit_setting){limit, scope, name, unlimited_at_zero(value), 100,
                                                        by_default ? origin_of(reading, name) : "master.cf"});
}

static const struct parameter smtpd_parameters[] = {
    {"smtpd_client_connection_count_limit", 50, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, true},
    {"smtpd_timeout", 300, MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, false},
    {"smtpd_hard_error_limit", 20, MAIL_LIMIT_PROTOCOL_ERRORS, false},
    {"smtpd_error_sleep_time", 1, MAIL_LIMIT_TARPIT_SECONDS, false},
};

static const struct parameter smtpd_rates[] = {
    {"smtpd_client_connection_rate_limit", INFINITY, MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE_PER_SOURCE, true},
    {"smtpd_client_message_rate_limit", INFINITY, MAIL_LIMIT_MESSAGE_RATE_PER_MINUTE, true},
};

static void add_smtpd(const struct reading *reading, const char *scope, const struct master_service *service)
{
    double unit = number_of(reading->main_cf, "anvil_rate_time_unit");
    add_process_limit(reading, scope, MAIL_LIMIT_INBOUND_CONNECTIONS, service);
    for (size_t i = 0; i < sizeof(smtpd_parameters) / sizeof(smtpd_parameters[0]); i++)
        add_parameter(reading, scope, &smtpd_parameters[i], 1);
    for (size_t i = 0; i < sizeof(smtpd_rates) / sizeof(smtpd_rates[0]); i++)
        add_parameter(reading, scope, &smtpd_rates[i], 60 / unit);
}

static void add_postscreen(const struct reading *reading, const char *scope)
{
    static const struct parameter parameters[] = {
        {"postscreen_pre_queue_limit", 100, MAIL_LIMIT_INBOUND_CONNECTIONS, true},
        {"postscreen_client_connection_count_limit", 50, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, true},
    };
    for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
        add_parameter(reading, scope, &parameters[i], 1);
}

/* The port of "smtp", "587", "127.0.0.1:submission" or "[::1]:25"; 0 where it is none we know. host takes what stands
 * before it, or "". */
static uint16_t split_endpoint(const char *name, char *host, size_t size)
{
    static const struct {
        const char *name;
        uint16_t port;
    } known[] = {{"smtp", 25}, {"submission", 587}, {"submissions", 465}, {"smtps", 465}};
    const char *colon = strrchr(name, ':');
    const char *port = colon ? colon + 1 : name;
    (void)snprintf(host, size, "%.*s", colon ? (int)(colon - name) : 0, name);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(port, known[i].name) == 0)
            return known[i].port;
    uint64_t number;
    return parse_unsigned(port, &number) == 0 && number <= UINT16_MAX ? (uint16_t)number : 0;
}

static void add_inet(const struct reading *reading, const struct master_service *service)
{
    char host[128];
    char scope[192];
    bool postscreen = strcmp(service->command, "postscreen") == 0;
    uint16_t port = split_endpoint(service->name, host, sizeof(host));
    if (port == 0 || (!postscreen && strcmp(service->command, "smtpd") != 0))
        return;
    (void)snprintf(scope, sizeof(scope), "%s:%s%s%u", service->command, host, *host ? ":" : "", port);
    networks_add_services(reading->main_cf, reading->limits, &(struct limit_service){.scope = scope, .port = port},
                          host);
    networks_add_exempt(reading->main_cf, reading->limits, scope);
    if (postscreen)
        add_postscreen(reading, scope);
    else
        add_smtpd(reading, scope, service);
}

static void add_concurrency(const struct reading *reading, const char *transport)
{
    char name[96];
    (void)snprintf(name, sizeof(name), "%.48s_destination_concurrency_limit", transport);
    bool own = main_cf_find(reading->main_cf, name) < reading->main_cf->count;
    const struct parameter parameter = {own ? name : "default_destination_concurrency_limit", 20,
                                        MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, true};
    add_parameter(reading, transport, &parameter, 1);
}

static void add_transport(const struct reading *reading, const struct master_service *service)
{
    static const char *const deliverers[] = {"local", "virtual", "lmtp"};
    if (strcmp(service->command, "smtp") == 0) {
        limits_add_service(
            reading->limits,
            &(struct limit_service){.scope = service->name, .role = TCP_ROLE_OUTBOUND, .process = service->command});
        add_process_limit(reading, service->name, MAIL_LIMIT_OUTBOUND_CONNECTIONS, service);
        add_concurrency(reading, service->name);
    }
    for (size_t i = 0; i < sizeof(deliverers) / sizeof(deliverers[0]); i++)
        if (strcmp(service->command, deliverers[i]) == 0)
            add_process_limit(reading, service->name, MAIL_LIMIT_MAILBOX_DELIVERIES, service);
}

/* Reads with the service's own parameters over those of main.cf. */
static int add_service(const struct reading *reading, const struct master_service *service)
{
    int error = 0;
    for (size_t i = 0; i < service->override_count && error == 0; i++)
        error = main_cf_set(reading->main_cf, service->overrides[i].name, service->overrides[i].value);
    if (error == 0 && strcmp(service->type, "inet") == 0)
        add_inet(reading, service);
    if (error == 0 && strcmp(service->type, "unix") == 0)
        add_transport(reading, service);
    reading->main_cf->count = reading->main_entries;
    return error;
}

int postfix_limits_make(struct main_cf *main_cf, const struct master_cf *master_cf, struct limits *limits,
                        double *ret_required_bytes)
{
    static const struct parameter active = {"qmgr_message_active_limit", 20000, MAIL_LIMIT_ACTIVE_MESSAGES, true};
    const struct reading reading = {main_cf, main_cf->count, limits};
    add_parameter(&reading, "server", &active, 1);
    int error = 0;
    for (size_t i = 0; i < master_cf->count && error == 0; i++)
        error = add_service(&reading, &master_cf->services[i]);
    *ret_required_bytes =
        fmax(number_of(main_cf, "queue_minfree"), ROOM_MESSAGES * number_of(main_cf, "message_size_limit"));
    return error < 0 ? error : limits->error;
}

void postfix_limits_free(struct postfix_limits *limits)
{
    limits_free(&limits->limits);
    *limits = (struct postfix_limits){0};
}
