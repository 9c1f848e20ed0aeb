/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/sendmail/cf.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "collectors/mail/smtp_port.h"

#define SERVER_SCOPE "server"
#define RUNNER_SCOPE "queue_runners"
#define DAEMONS_MAX  16u

/* seconds: a time, whose unit is minutes where none is written for Timeout options. scale: into the vocabulary's unit.
 * What is 0 or not set is unlimited, but for time-outs. */
static const struct {
    const char *name;
    const char *scope;
    double fallback;
    double scale;
    enum mail_limit limit;
    bool time;
} options[] = {
    {"MaxDaemonChildren", SERVER_SCOPE, INFINITY, 1, MAIL_LIMIT_INBOUND_CONNECTIONS, false},
    {"ConnectionRateThrottle", SERVER_SCOPE, INFINITY, 60, MAIL_LIMIT_INBOUND_CONNECTION_RATE_PER_MINUTE, false},
    {"Timeout.command", SERVER_SCOPE, 3600, 1, MAIL_LIMIT_INACTIVITY_TIMEOUT_SECONDS, true},
    {"MaxQueueChildren", RUNNER_SCOPE, INFINITY, 1, MAIL_LIMIT_OUTBOUND_CONNECTIONS, false},
    {"MaxQueueRunSize", SERVER_SCOPE, INFINITY, 1, MAIL_LIMIT_ACTIVE_MESSAGES, false},
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

struct reading {
    struct sendmail_cf *cf;
    const char *values[OPTIONS]; /* the last that was set */
    const char *daemons[DAEMONS_MAX];
    size_t daemon_count;
    bool single_thread;
};

static const char *keep(struct reading *reading, const char *text)
{
    struct limits *limits = &reading->cf->limits;
    const char *copy = limits->error ? NULL : arena_copy(&limits->arena, text, strlen(text));
    if (!copy)
        limits->error = -ENOMEM;
    return copy;
}

static double number_of(const char *text)
{
    uint64_t number;
    return parse_unsigned(text, &number) == 0 ? (double)number : NAN;
}

/* 5m, 1h30m, 90 (minutes). */
static double seconds_of(const char *text)
{
    static const char letters[] = "smhdw";
    static const double factors[] = {1, 60, 3600, 86400, 604800};
    double sum = 0;
    while (*text) {
        char digits[16];
        size_t length = strspn(text, "0123456789");
        if (length == 0 || length >= sizeof(digits))
            return NAN;
        memcpy(digits, text, length);
        digits[length] = '\0';
        text += length;
        const char *letter = *text ? strchr(letters, *text) : letters + 1;
        if (!letter)
            return NAN;
        sum += number_of(digits) * factors[letter - letters];
        text += *text != '\0';
    }
    return sum;
}

static void set_option(struct reading *reading, const char *name, const char *value)
{
    struct sendmail_cf *cf = reading->cf;
    for (size_t i = 0; i < OPTIONS; i++)
        if (strcasecmp(name, options[i].name) == 0)
            reading->values[i] = keep(reading, value);
    if (strcasecmp(name, "QueueDirectory") == 0 && *value)
        cf->groups[0].path = keep(reading, value);
    else if (strcasecmp(name, "PidFile") == 0 && *value)
        cf->pid_file = keep(reading, value);
    else if (strcasecmp(name, "MinFreeBlocks") == 0)
        cf->required_blocks = number_of(value);
    else if (strcasecmp(name, "SingleThreadDelivery") == 0)
        reading->single_thread = *value == 'T' || *value == 't' || *value == 'Y' || *value == 'y' || !*value;
    else if (strcasecmp(name, "DaemonPortOptions") == 0 && reading->daemon_count < DAEMONS_MAX)
        reading->daemons[reading->daemon_count++] = keep(reading, value);
}

/* Cuts the next "Key=value" off a list with commas; the key counts by its first letter. NULL at the end. */
static char *next_field(char **list, char *ret_letter)
{
    char *start = *list;
    while (isspace((unsigned char)*start) || *start == ',')
        start++;
    if (!*start)
        return NULL;
    char *end = start + strcspn(start, ",");
    *list = *end ? end + 1 : end;
    *end = '\0';
    *ret_letter = (char)toupper((unsigned char)*start);
    char *equals = strchr(start, '=');
    return parse_trim(equals ? equals + 1 : end);
}

/* Qgroup, Path=/var/spool/mqueue/group, ... */
static void add_group(struct reading *reading, char *line)
{
    struct sendmail_cf *cf = reading->cf;
    char letter;
    char *name = line, *rest = line + strcspn(line, ",");
    if (!*rest || cf->group_count == SENDMAIL_GROUPS)
        return;
    *rest++ = '\0';
    for (char *value; (value = next_field(&rest, &letter));) {
        if (letter != 'P' || value[0] != '/')
            continue;
        name = parse_trim(name);
        bool first = strcmp(name, cf->groups[0].name) == 0;
        struct sendmail_group *group = &cf->groups[first ? 0 : cf->group_count];
        *group = (struct sendmail_group){keep(reading, name), keep(reading, value)};
        cf->group_count += !first;
        return;
    }
}

static void read_line(struct reading *reading, char *line)
{
    if (line[0] == 'Q')
        add_group(reading, line + 1);
    char *equals = line[0] == 'O' && line[1] == ' ' ? strchr(line, '=') : NULL;
    if (!equals)
        return;
    *equals = '\0';
    set_option(reading, parse_trim(line + 2), parse_trim(equals + 1));
}

/* A line that begins with a blank goes on with the one before. */
static void read_lines(struct reading *reading, char *text)
{
    char *line = NULL;
    for (char *next; (next = parse_line(&text));) {
        bool continues = line && (*next == ' ' || *next == '\t') && next[strspn(next, " \t")];
        if (continues) {
            size_t length = strlen(line);
            memmove(line + length, next, strlen(next) + 1);
            continue;
        }
        if (line)
            read_line(reading, line);
        line = next;
    }
    if (line)
        read_line(reading, line);
}

static void add_daemon(struct reading *reading, const char *text)
{
    char list[256], address[ADDRESS_TEXT] = "*", letter;
    struct address parsed;
    uint16_t port = 25;
    (void)snprintf(list, sizeof(list), "%s", text);
    char *rest = list;
    for (char *value; (value = next_field(&rest, &letter));) {
        if (letter == 'P')
            port = smtp_port(value);
        if (letter == 'A' && address_parse(value, &parsed) == 0)
            address_format(address, &parsed);
    }
    if (port > 0)
        limits_add_service(
            &reading->cf->limits,
            &(struct limit_service){.scope = SERVER_SCOPE, .role = TCP_ROLE_INBOUND, .address = address, .port = port});
}

static void add_limits(struct reading *reading)
{
    struct limits *limits = &reading->cf->limits;
    for (size_t i = 0; i < OPTIONS; i++) {
        const char *text = reading->values[i];
        double value = options[i].fallback;
        if (text)
            value = options[i].time ? seconds_of(text) : number_of(text) * options[i].scale;
        if (value == 0)
            value = INFINITY;
        limits_add(limits, &(struct limit_setting){options[i].limit, options[i].scope, options[i].name, value,
                                                   options[i].fallback, text ? "sendmail.cf" : NULL});
    }
    limits_add(limits, &(struct limit_setting){MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, RUNNER_SCOPE,
                                               "SingleThreadDelivery", reading->single_thread ? 1 : INFINITY, INFINITY,
                                               reading->single_thread ? "sendmail.cf" : NULL});
    for (size_t i = 0; i < reading->daemon_count; i++)
        if (reading->daemons[i])
            add_daemon(reading, reading->daemons[i]);
    if (reading->daemon_count == 0)
        add_daemon(reading, "");
    static const char *const programs[] = {"sendmail", "sendmail-mta", "sendmail.sendmail"};
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
        limits_add_service(
            limits, &(struct limit_service){.scope = RUNNER_SCOPE, .role = TCP_ROLE_OUTBOUND, .process = programs[i]});
}

int sendmail_cf_parse(struct sendmail_cf *cf, struct text *text)
{
    struct reading reading = {.cf = cf};
    cf->required_blocks = NAN;
    cf->groups[0] = (struct sendmail_group){"mqueue", "/var/spool/mqueue"};
    cf->group_count = 1;
    if (text->length > 0 && memchr(text->data, '\0', text->length))
        return -EINVAL;
    if (text->length > 0)
        read_lines(&reading, text->data);
    add_limits(&reading);
    return cf->limits.error;
}

void sendmail_cf_free(struct sendmail_cf *cf)
{
    limits_free(&cf->limits);
    *cf = (struct sendmail_cf){0};
}
