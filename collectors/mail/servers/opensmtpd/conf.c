/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/opensmtpd/conf.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "collectors/mail/smtp_port.h"

#define WORDS_MAX     64u
#define LISTENERS_MAX 64u
#define SERVER_SCOPE  "server"
#define MTA_SCOPE     "mta"

/* prefix: the words of the statement before the name. */
static const struct {
    const char *prefix;
    const char *name;
    enum mail_limit limit;
    const char *scope;
    double fallback;
} options[] = {
    {"smtp limit", "max-mails", MAIL_LIMIT_MESSAGES_PER_CONNECTION, SERVER_SCOPE, 100},
    {"smtp limit", "max-session", MAIL_LIMIT_INBOUND_CONNECTIONS, SERVER_SCOPE, NAN},
    {"mta limit", "max-conn-per-connector", MAIL_LIMIT_OUTBOUND_CONNECTIONS, MTA_SCOPE, 20},
    {"mta limit", "max-conn-per-source", MAIL_LIMIT_OUTBOUND_CONNECTIONS, MTA_SCOPE, 100},
    {"mta limit", "max-conn-per-host", MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, MTA_SCOPE, 10},
    {"mta limit", "max-conn-per-domain", MAIL_LIMIT_OUTBOUND_CONNECTIONS_PER_DOMAIN, MTA_SCOPE, 100},
    {"mta limit", "session-mail-max", MAIL_LIMIT_MESSAGES_PER_CONNECTION, MTA_SCOPE, 100},
    {"mta limit", "max-failures-per-session", MAIL_LIMIT_PROTOCOL_ERRORS, MTA_SCOPE, 25},
    {"scheduler limit", "max-inflight", MAIL_LIMIT_ACTIVE_MESSAGES, SERVER_SCOPE, 5000},
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

struct reading {
    struct limits *limits;
    double values[OPTIONS]; /* NaN: not set */
    unsigned listeners;
};

static void add_service(struct reading *reading, const char *address, uint16_t port)
{
    if (port > 0 && reading->listeners++ < LISTENERS_MAX)
        limits_add_service(
            reading->limits,
            &(struct limit_service){.scope = SERVER_SCOPE, .role = TCP_ROLE_INBOUND, .address = address, .port = port});
}

/* listen on WHERE [smtps] [port N] ...: an address, "localhost", or the name of an interface. */
static void read_listen(struct reading *reading, char *const *words, size_t count)
{
    struct address parsed;
    char address[ADDRESS_TEXT] = "*";
    uint16_t port = 0;
    bool smtps = false;
    if (strcmp(words[2], "socket") == 0)
        return;
    if (address_parse(words[2], &parsed) == 0)
        address_format(address, &parsed);
    for (size_t i = 3; i < count; i++) {
        smtps = smtps || strcmp(words[i], "smtps") == 0;
        if (strcmp(words[i], "port") == 0 && i + 1 < count)
            port = smtp_port(words[i + 1]);
    }
    if (port == 0)
        port = smtps ? 465 : 25;
    if (strcmp(words[2], "localhost") == 0) {
        add_service(reading, "127.0.0.1", port);
        add_service(reading, "::1", port);
    } else {
        add_service(reading, address, port);
    }
}

/* smtp limit NAME NUMBER ..., mta limit ..., scheduler limit ... */
static void read_limits(struct reading *reading, char *const *words, size_t count)
{
    /* "mta limit for domain NAME ..." holds for that one only. */
    if (strcmp(words[2], "for") == 0)
        return;
    for (size_t i = 2; i + 1 < count; i += 2) {
        uint64_t number;
        for (size_t j = 0; j < OPTIONS; j++)
            if (strncmp(options[j].prefix, words[0], strlen(words[0])) == 0 && strcmp(options[j].name, words[i]) == 0 &&
                parse_unsigned(words[i + 1], &number) == 0)
                reading->values[j] = (double)number;
    }
}

static void read_statement(struct reading *reading, char *line)
{
    char *words[WORDS_MAX];
    size_t count = 0;
    for (char *word; count < WORDS_MAX && (word = parse_field(&line));)
        words[count++] = word;
    if (count < 3)
        return;
    if (strcmp(words[0], "listen") == 0 && strcmp(words[1], "on") == 0)
        read_listen(reading, words, count);
    bool known = strcmp(words[0], "smtp") == 0 || strcmp(words[0], "mta") == 0 || strcmp(words[0], "scheduler") == 0;
    if (known && strcmp(words[1], "limit") == 0)
        read_limits(reading, words, count);
}

/* A backslash at its end joins a line with the next; what stands behind '#' is a comment. */
static void read_lines(struct reading *reading, char *text)
{
    struct text statement = TEXT_EMPTY;
    for (char *line; (line = parse_line(&text));) {
        line[strcspn(line, "#")] = '\0';
        line = parse_trim(line);
        size_t length = strlen(line);
        bool goes_on = length > 0 && line[length - 1] == '\\';
        text_append(&statement, line, length - goes_on);
        text_append(&statement, " ", 1);
        if (goes_on)
            continue;
        if (!statement.error)
            read_statement(reading, statement.data);
        else
            reading->limits->error = statement.error;
        text_clear(&statement);
    }
    text_free(&statement);
}

int opensmtpd_conf_parse(struct limits *limits, struct text *text)
{
    struct reading reading = {.limits = limits};
    if (text->length > 0 && memchr(text->data, '\0', text->length))
        return -EINVAL;
    for (size_t i = 0; i < OPTIONS; i++)
        reading.values[i] = NAN;
    if (text->length > 0)
        read_lines(&reading, text->data);
    for (size_t i = 0; i < OPTIONS; i++) {
        bool set = !isnan(reading.values[i]);
        limits_add(limits, &(struct limit_setting){options[i].limit, options[i].scope, options[i].name,
                                                   set ? reading.values[i] : options[i].fallback, options[i].fallback,
                                                   set ? "smtpd.conf" : NULL});
    }
    limits_add_service(limits,
                       &(struct limit_service){.scope = MTA_SCOPE, .role = TCP_ROLE_OUTBOUND, .process = "smtpd"});
    return limits->error;
}
