/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/sendmail/envelope.h"

#include <string.h>

#include "base/parse.h"
#include "collectors/mail/message_file.h"

#define CONTENT_SIZE 8192u
#define PUT_OFF      "Deferred: "
#define PUT_OFF_SIZE (sizeof(PUT_OFF) - 1)

/* The first that is found tells: a connection may time out before it is there, or after. */
static const struct {
    const char *text, *dsn;
} causes[] = {
    {"Connection reset", "4.4.2"}, {"read error", "4.4.2"},       {"timeout waiting", "4.4.2"},
    {"lookup", "4.4.3"},           {"Name server", "4.4.3"},      {"Connection refused", "4.4.1"},
    {"timed out", "4.4.1"},        {"No route to host", "4.4.1"}, {"unreachable", "4.4.1"},
    {"host is down", "4.4.1"},     {"Too many hops", "5.4.6"},    {"", "4.0.0"},
};

static void take_attempt(const char *text, struct destination *ret_destination)
{
    if (strncmp(text, PUT_OFF, PUT_OFF_SIZE) == 0)
        text += PUT_OFF_SIZE;
    size_t length = strlen(text);
    destination_set_reason(ret_destination, text, length);
    if (destination_set_reply(ret_destination, text, length))
        return;
    size_t i = 0;
    while (!strcasestr(text, causes[i].text))
        i++;
    (void)destination_set_dsn(ret_destination, causes[i].dsn, strlen(causes[i].dsn));
}

/* Flags stand between the letter and a colon; before the fourth version of the file there were none. */
static void take_recipient(const char *text, struct destination *ret_destination)
{
    size_t flags = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const char *address = text[flags] == ':' ? text + flags + 1 : text;
    destination_set_domain(ret_destination, address, strlen(address));
}

void sendmail_envelope_parse(char *text, struct destination *ret_destination)
{
    char *rest = text;
    const char *line;
    /* The header follows the recipients. */
    while ((line = parse_line(&rest)) && *line != 'H' && *line != '.') {
        if (*line == 'M')
            take_attempt(line + 1, ret_destination);
        else if (*line == 'R' && !*ret_destination->domain)
            take_recipient(line + 1, ret_destination);
    }
}

void sendmail_envelope_destination(int directory, int attempts, const char *name, struct destination *ret_destination)
{
    (void)attempts;
    char content[CONTENT_SIZE + 1];
    ssize_t length = message_file_read(directory, name, content, CONTENT_SIZE, false);
    content[length > 0 ? length : 0] = '\0';
    sendmail_envelope_parse(content, ret_destination);
}
