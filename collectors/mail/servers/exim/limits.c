/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/exim/limits.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "collectors/mail/smtp_port.h"

/* Where the main options are; a transport has its name. */
#define SERVER_SCOPE "server"
#define RUNNER_SCOPE "queue_runners"

const char *const exim_limits_names[] = {"spool_directory",
                                         "configure_file",
                                         "pid_file_path",
                                         "smtp_accept_max",
                                         "smtp_accept_max_per_host",
                                         "smtp_accept_max_per_connection",
                                         "smtp_receive_timeout",
                                         "smtp_max_synprot_errors",
                                         "queue_run_max",
                                         "remote_max_parallel",
                                         "check_spool_space",
                                         "local_interfaces",
                                         "daemon_smtp_ports",
                                         "transports",
                                         NULL};

/* zero_is_unlimited: 0, and nothing, mean no limit. */
static const struct {
    const char *name;
    double fallback;
    enum mail_limit limit;
    bool zero_is_unlimited;
    bool in_transport;
} options[] = {
    {"smtp_accept_max", 20, MAIL_LIMIT_INBOUND_CONNECTIONS, true, false},
    {"smtp_accept_max_per_host", INFINITY, MAIL_LIMIT_INBOUND_CONNECTIONS_PER_SOURCE, true, false},
    {"smtp_accept_max_per_connection", 1000, MAIL_LIMIT_MESSAGES_PER_CONNECTION, true, false},
    {"smtp_receive_timeout", 300, MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, true, false},
    {"smtp_max_synprot_errors", 3, MAIL_LIMIT_PROTOCOL_ERRORS, false, false},
    {"connection_max_messages", 500, MAIL_LIMIT_MESSAGES_PER_CONNECTION, true, true},
    {"max_parallel", INFINITY, MAIL_LIMIT_OUTBOUND_CONNECTIONS, true, true},
};

/* While the output is read. */
struct reading {
    struct exim_settings *settings;
    char transport[MAIL_SCOPE_BOUND + 1]; /* "" among the main options */
    bool smtp;                            /* the transport's driver */
    double runners, parallel;             /* queue_run_max and remote_max_parallel */
    char interfaces[1024];
    char ports[256];
};

/* A run of numbers with letters after them: 5m, 1h30m, 10M, 20. seconds tells which letters there are. NaN for what is
 * none, such as an expansion. */
static double measure(const char *text, bool time)
{
    static const char *const letters[] = {"smhdw", "KMG"};
    static const double factors[][5] = {{1, 60, 3600, 86400, 604800}, {1024, 1048576, 1073741824, 0, 0}};
    double sum = 0;
    while (*text) {
        char *end;
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 15)
            return NAN;
        double number = (double)strtoull(text, &end, 10);
        const char *letter = *end ? strchr(letters[!time], *end) : NULL;
        if (*end && !letter)
            return NAN;
        sum += letter ? number * factors[!time][letter - letters[!time]] : number;
        text = end + (letter != NULL);
    }
    return sum;
}

static void add_option(struct reading *reading, const char *name, const char *value)
{
    bool in_transport = reading->transport[0] != '\0';
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (options[i].in_transport != in_transport || strcmp(options[i].name, name) != 0)
            continue;
        double number = *value ? measure(value, true) : 0;
        if (number == 0 && options[i].zero_is_unlimited)
            number = INFINITY;
        bool set = number != options[i].fallback;
        limits_add(&reading->settings->limits,
                   &(struct limit_setting){options[i].limit, in_transport ? reading->transport : SERVER_SCOPE, name,
                                           number, options[i].fallback, set ? "exim -bP" : NULL});
    }
}

static void keep(struct reading *reading, const char *value, const char **ret_text)
{
    if (!*value || reading->settings->limits.error)
        return;
    *ret_text = arena_copy(&reading->settings->limits.arena, value, strlen(value));
    if (!*ret_text)
        reading->settings->limits.error = -ENOMEM;
}

static void read_main_option(struct reading *reading, const char *name, const char *value)
{
    struct exim_settings *settings = reading->settings;
    if (strcmp(name, "spool_directory") == 0)
        keep(reading, value, &settings->spool_directory);
    else if (strcmp(name, "pid_file_path") == 0)
        keep(reading, value, &settings->pid_file);
    else if (strcmp(name, "queue_run_max") == 0)
        reading->runners = measure(value, true);
    else if (strcmp(name, "remote_max_parallel") == 0)
        reading->parallel = measure(value, true);
    else if (strcmp(name, "check_spool_space") == 0)
        settings->required_bytes = measure(value, false);
    else if (strcmp(name, "local_interfaces") == 0)
        (void)snprintf(reading->interfaces, sizeof(reading->interfaces), "%s", value);
    else if (strcmp(name, "daemon_smtp_ports") == 0)
        (void)snprintf(reading->ports, sizeof(reading->ports), "%s", value);
}

/* "remote_smtp transport:" begins the options of one. */
static bool begins_transport(struct reading *reading, const char *line)
{
    static const char mark[] = " transport:";
    size_t length = strlen(line), end = sizeof(mark) - 1;
    if (length <= end || strcmp(line + length - end, mark) != 0 || strchr(line, '='))
        return false;
    (void)snprintf(reading->transport, sizeof(reading->transport), "transport:%.*s", (int)(length - end), line);
    reading->smtp = false;
    return true;
}

static void read_line(struct reading *reading, char *line)
{
    char *equals = strstr(line, " = ");
    size_t length = strlen(line);
    /* An option that is set to nothing has the blank after "=" trimmed away. */
    if (!equals && length > 2 && strcmp(line + length - 2, " =") == 0)
        equals = line + length - 2;
    if (!equals) {
        if (line[0] == '/' && !reading->settings->configure_file && !reading->transport[0])
            keep(reading, line, &reading->settings->configure_file);
        else
            (void)begins_transport(reading, line);
        return;
    }
    const char *value = strlen(equals) > 3 ? equals + 3 : "";
    *equals = '\0';
    if (strcmp(line, "driver") == 0)
        reading->smtp = strcmp(value, "smtp") == 0;
    /* The generic options stand before the driver's own, and max_parallel after it. */
    if (!reading->transport[0] || reading->smtp)
        add_option(reading, line, value);
    if (!reading->transport[0])
        read_main_option(reading, line, value);
}

/* Exim takes the old name of the port too. */
static uint16_t port_of(const char *text)
{
    return strcmp(text, "ssmtp") == 0 ? 465 : smtp_port(text);
}

static void add_service(struct reading *reading, const char *address, uint16_t port)
{
    struct address parsed;
    char text[ADDRESS_TEXT] = "*";
    if (address_parse(address, &parsed) == 0)
        address_format(text, &parsed);
    if (port > 0)
        limits_add_service(
            &reading->settings->limits,
            &(struct limit_service){.scope = SERVER_SCOPE, .role = TCP_ROLE_INBOUND, .address = text, .port = port});
}

/* An interface: an address, which may have a port of its own behind a fifth dot or a bracket and colon. */
static void add_interface(struct reading *reading, char *interface, const char *ports)
{
    unsigned dots = 0;
    char *last = NULL;
    for (char *at = interface; *at; at++) {
        dots += *at == '.';
        if (*at == '.' || (*at == ':' && at > interface && at[-1] == ']'))
            last = at;
    }
    if (last && (dots == 4 || *last == ':')) {
        *last = '\0';
        add_service(reading, interface, port_of(last + 1));
        return;
    }
    char list[sizeof(reading->ports)], *rest;
    (void)snprintf(list, sizeof(list), "%s", ports);
    for (char *port = strtok_r(list, "<;: \t", &rest); port; port = strtok_r(NULL, "<;: \t", &rest))
        add_service(reading, interface, port_of(port));
}

/* Exim's lists are separated by ":" unless they begin with "<" and another character. */
static void add_services(struct reading *reading)
{
    char *list = reading->interfaces, *rest;
    char separators[] = " \t:";
    if (list[0] == '<' && list[1]) {
        separators[2] = list[1];
        list += 2;
    }
    const char *ports = reading->ports[0] ? reading->ports : "smtp";
    bool any = false;
    for (char *at = strtok_r(list, separators, &rest); at; at = strtok_r(NULL, separators, &rest), any = true)
        add_interface(reading, at, ports);
    char all[] = "*";
    if (!any)
        add_interface(reading, all, ports);
    static const char *const programs[] = {"exim4", "exim"};
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
        limits_add_service(
            &reading->settings->limits,
            &(struct limit_service){.scope = RUNNER_SCOPE, .role = TCP_ROLE_OUTBOUND, .process = programs[i]});
}

int exim_settings_parse(struct exim_settings *settings, char *output)
{
    struct reading reading = {.settings = settings, .runners = NAN, .parallel = NAN};
    settings->required_bytes = NAN;
    for (char *line; (line = parse_line(&output));)
        read_line(&reading, parse_trim(line));
    limits_add(&settings->limits, &(struct limit_setting){MAIL_LIMIT_OUTBOUND_CONNECTIONS, RUNNER_SCOPE,
                                                          "queue_run_max*remote_max_parallel",
                                                          reading.runners * reading.parallel, NAN, "exim -bP"});
    add_services(&reading);
    if (settings->limits.error)
        return settings->limits.error;
    return settings->spool_directory ? 0 : -EINVAL;
}

void exim_settings_free(struct exim_settings *settings)
{
    limits_free(&settings->limits);
    *settings = (struct exim_settings){0};
}
