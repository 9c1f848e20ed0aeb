/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/exchange/settings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "collectors/mail/servers/exchange/value.h"

#define RANGES_PER_CONNECTOR 256u
#define EXCHANGE_2007        8u
#define EXCHANGE_2013        15u

/* time: a time span. The defaults are those of Microsoft's pages for Set-ReceiveConnector, Set-SendConnector and
 * Set-TransportService; where a version differs, choose() below knows. */
struct setting {
    const char *name;
    double fallback;
    enum mail_limit limit;
    bool time;
};

static const struct setting server_settings[] = {
    {"MaxConcurrentMailboxDeliveries", 20, MAIL_LIMIT_MAILBOX_DELIVERIES, false},
    {"MaxConcurrentMailboxSubmissions", 20, MAIL_LIMIT_MAILBOX_SUBMISSIONS, false},
    {"MaxConnectionRatePerMinute", 1200, MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE, false},
    {"MaxOutboundConnections", 1000, MAIL_LIMIT_OUTBOUND_CONNECTIONS, false},
    {"MaxPerDomainOutboundConnections", 20, MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, false},
    {"PickupDirectoryMaxMessagesPerMinute", 100, MAIL_LIMIT_PICKUP_MESSAGES_PER_MINUTE, false},
};

static const struct setting receive_settings[] = {
    {"MaxInboundConnection", 5000, MAIL_LIMIT_INBOUND_CONNECTIONS, false},
    {"MaxInboundConnectionPerSource", 20, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, false},
    {"MaxInboundConnectionPercentagePerSource", 2, MAIL_LIMIT_INBOUND_CONNECTIONS_PERCENT_PER_SOURCE, false},
    {"ConnectionInactivityTimeout", 300, MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, true},
    {"ConnectionTimeout", 600, MAIL_LIMIT_CONNECTION_TIMEOUT_SECONDS, true},
    {"MaxProtocolErrors", 5, MAIL_LIMIT_PROTOCOL_ERRORS, false},
    {"TarpitInterval", 5, MAIL_LIMIT_TARPIT_SECONDS, true},
    {"MessageRateLimit", INFINITY, MAIL_LIMIT_MESSAGE_RATE_PER_MINUTE, false},
};

static const struct setting send_settings[] = {
    {"ConnectionInactivityTimeOut", 600, MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, true},
    {"SmtpMaxMessagesPerConnection", 20, MAIL_LIMIT_MESSAGES_PER_CONNECTION, false},
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct exchange_version exchange_version_parse(const char *text)
{
    struct exchange_version version = {EXCHANGE_2013, 2, false, NULL};
    unsigned major, minor;
    const char *digits = text + strcspn(text, "0123456789");
    if (sscanf(digits, "%3u.%3u", &major, &minor) == 2) {
        version.major = major;
        version.minor = minor;
    }
    return version;
}

/* The connector that setup makes for all servers: the only one without a limit for each source, since 2013. */
static bool is_default_connector(const char *name, const struct exchange_version *version)
{
    static const char prefix[] = "Default ";
    if (version->major < EXCHANGE_2013 || strncasecmp(name, prefix, sizeof(prefix) - 1) != 0)
        return false;
    return !version->server || strcasecmp(name + sizeof(prefix) - 1, version->server) == 0;
}

static bool is_client_connector(const char *name)
{
    return strncasecmp(name, "Client ", 7) == 0;
}

/* The default of a setting in this version. */
static double choose(const struct setting *setting, const char *connector, const struct exchange_version *version)
{
    bool old = version->major < EXCHANGE_2013;
    bool free = connector && is_default_connector(connector, version);
    switch (setting->limit) {
    case MAIL_LIMIT_MAILBOX_DELIVERIES:
    case MAIL_LIMIT_MAILBOX_SUBMISSIONS:
        return old ? 30 : setting->fallback;
    case MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE:
        return free ? INFINITY : old ? 100 : setting->fallback;
    case MAIL_LIMIT_INBOUND_CONNECTIONS_PERCENT_PER_SOURCE:
        return free ? 100 : setting->fallback;
    case MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS:
        return version->edge ? 60 : setting->fallback;
    case MAIL_LIMIT_CONNECTION_TIMEOUT_SECONDS:
        return version->edge ? 300 : setting->fallback;
    case MAIL_LIMIT_MESSAGE_RATE_PER_MINUTE:
        return connector && is_client_connector(connector) && version->major > EXCHANGE_2007 ? 5 : setting->fallback;
    default:
        return setting->fallback;
    }
}

static void add(struct limits *limits, const json_t *object, const struct setting *setting, const char *scope,
                double fallback)
{
    const json_t *value = exchange_member(object, setting->name);
    if (!value)
        return;
    /* Unlimited is stored as no value at all. */
    double number = json_is_null(value) ? INFINITY : setting->time ? exchange_seconds(value) : exchange_number(value);
    limits_add(limits, &(struct limit_setting){setting->limit, scope, setting->name, number, fallback,
                                               number != fallback ? "set" : NULL});
}

void exchange_add_server(struct limits *limits, const json_t *server, const struct exchange_version *version)
{
    for (size_t i = 0; i < COUNT(server_settings); i++)
        add(limits, server, &server_settings[i], "server", choose(&server_settings[i], NULL, version));
    static const char *const processes[] = {"EdgeTransport.exe", "EdgeTransport"};
    for (size_t i = 0; i < COUNT(processes); i++)
        limits_add_service(
            limits, &(struct limit_service){.scope = "server", .role = TCP_ROLE_OUTBOUND, .process = processes[i]});
}

/* "0.0.0.0:25", "[::]:25" or {"Address":"0.0.0.0","Port":25}. */
static void add_binding(struct limits *limits, const json_t *binding, const char *scope)
{
    char buffer[32], address[ADDRESS_TEXT + 4] = "", text[ADDRESS_TEXT] = "*";
    struct address parsed;
    uint64_t port = 0;
    const json_t *member = exchange_member(binding, "Port");
    const char *whole = exchange_text(binding, buffer, sizeof(buffer));
    const char *colon = strrchr(whole, ':');
    if (member) {
        port = (uint64_t)json_integer_value(member);
        (void)snprintf(address, sizeof(address), "%.49s", whole);
    } else if (colon && parse_unsigned(colon + 1, &port) == 0) {
        (void)snprintf(address, sizeof(address), "%.*s", colon - whole < 49 ? (int)(colon - whole) : 49, whole);
    }
    if (port == 0 || port > UINT16_MAX)
        return;
    if (address_parse(address, &parsed) == 0)
        address_format(text, &parsed);
    limits_add_service(limits, &(struct limit_service){
                                   .scope = scope, .role = TCP_ROLE_INBOUND, .address = text, .port = (uint16_t)port});
}

/* A range as text, or {"LowerBound":...,"UpperBound":...}. */
static void add_remote_range(struct limits *limits, const json_t *value, const char *scope)
{
    char low[ADDRESS_TEXT], high[ADDRESS_TEXT];
    struct limit_range range = {.scope = scope, .kind = MAIL_RANGE_REMOTE};
    const json_t *lower = exchange_member(value, "LowerBound"), *upper = exchange_member(value, "UpperBound");
    bool good = lower && upper ? address_parse(exchange_text(lower, low, sizeof(low)), &range.range.first) == 0 &&
                                     address_parse(exchange_text(upper, high, sizeof(high)), &range.range.last) == 0
                               : address_range_parse(exchange_text(value, low, sizeof(low)), &range.range) == 0;
    if (good)
        limits_add_range(limits, &range);
}

static void name_of(const json_t *connector, const char *kind, char scope[MAIL_SCOPE_BOUND + 1], const char **ret_name)
{
    char buffer[32];
    const json_t *name = exchange_member(connector, "Name");
    const char *text = exchange_text(name ? name : exchange_member(connector, "Identity"), buffer, sizeof(buffer));
    const char *slash = strrchr(text, '\\');
    /* An identity is SERVER\NAME. */
    *ret_name = slash ? slash + 1 : text;
    (void)snprintf(scope, MAIL_SCOPE_BOUND + 1, "%s:%s", kind, *ret_name);
}

void exchange_add_receive_connector(struct limits *limits, const json_t *connector,
                                    const struct exchange_version *version)
{
    char scope[MAIL_SCOPE_BOUND + 1];
    const char *name;
    const json_t *enabled = exchange_member(connector, "Enabled");
    if (!json_is_object(connector) || (enabled && !exchange_is_true(enabled)))
        return;
    name_of(connector, "receive_connector", scope, &name);
    for (size_t i = 0; i < COUNT(receive_settings); i++)
        add(limits, connector, &receive_settings[i], scope, choose(&receive_settings[i], name, version));
    const json_t *bindings = exchange_member(connector, "Bindings");
    const json_t *ranges = exchange_member(connector, "RemoteIPRanges");
    for (size_t i = 0; i < exchange_count(bindings) && i < RANGES_PER_CONNECTOR; i++)
        add_binding(limits, exchange_element(bindings, i), scope);
    for (size_t i = 0; i < exchange_count(ranges) && i < RANGES_PER_CONNECTOR; i++)
        add_remote_range(limits, exchange_element(ranges, i), scope);
}

void exchange_add_send_connector(struct limits *limits, const json_t *connector)
{
    char scope[MAIL_SCOPE_BOUND + 1];
    const char *name;
    if (!json_is_object(connector))
        return;
    name_of(connector, "send_connector", scope, &name);
    for (size_t i = 0; i < COUNT(send_settings); i++)
        add(limits, connector, &send_settings[i], scope, send_settings[i].fallback);
}
