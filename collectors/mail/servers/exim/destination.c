/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/exim/destination.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "collectors/mail/message_file.h"

#define CONTENT_SIZE 8192u
#define PUT_OFF      " defer ("
#define SMTP_ERROR   "SMTP error from remote mail server"

struct span {
    const char *start;
    size_t length;
};

/* Cuts the first line off *rest. Whether there was one. */
static bool next_line(struct span *rest, struct span *ret_line)
{
    if (rest->length == 0)
        return false;
    const char *end = memchr(rest->start, '\n', rest->length);
    size_t length = end ? (size_t)(end - rest->start) : rest->length;
    *ret_line = (struct span){rest->start, length};
    length += end ? 1 : 0;
    *rest = (struct span){rest->start + length, rest->length - length};
    return true;
}

/* What stands behind a text; of length 0, at the start of `in`, if it is not there. */
static struct span behind(struct span in, const char *text)
{
    const char *found = memmem(in.start, in.length, text, strlen(text));
    if (!found)
        return (struct span){in.start, 0};
    const char *start = found + strlen(text);
    return (struct span){start, in.length - (size_t)(start - in.start)};
}

/* The first word with an '@' in it. */
static struct span address_in(struct span line)
{
    size_t start = 0;
    bool at = false;
    for (size_t i = 0; i <= line.length; i++) {
        bool ends = i == line.length || isspace((unsigned char)line.start[i]);
        if (ends && at)
            return (struct span){line.start + start, i - start};
        if (ends)
            start = i + 1;
        else
            at = at || line.start[i] == '@';
    }
    return (struct span){line.start, 0};
}

/* Whether the far side said something. */
static bool take_reply(struct span text, struct destination *ret_destination)
{
    text = behind(text, SMTP_ERROR);
    do
        text = behind(text, ": ");
    while (text.length > 0 && !destination_set_reply(ret_destination, text.start, text.length));
    return text.length > 0;
}

/* text begins with the number that stands in brackets: an errno, or Exim's own reason, which is not above 0. */
static void take_cause(struct span text, struct destination *ret_destination)
{
    static const char no_answer[] = "4.4.1", lost[] = "4.4.2", no_lookup[] = "4.4.3";
    const char *dsn = NULL;
    if (text.length > 0 && text.start[0] >= '1' && text.start[0] <= '9')
        dsn = no_answer;
    else if (behind(text, "closed connection").start != text.start)
        dsn = lost;
    else if (behind(text, "lookup did not complete").start != text.start)
        dsn = no_lookup;
    if (dsn)
        (void)destination_set_dsn(ret_destination, dsn, strlen(dsn));
}

void exim_destination_log(const char *text, size_t length, struct destination *ret_destination)
{
    struct span rest = {text, length}, line, last = {text, 0};
    while (next_line(&rest, &line))
        if (behind(line, PUT_OFF).length > 0)
            last = line;
    struct span cause = behind(last, PUT_OFF);
    if (cause.length == 0)
        return;
    struct span address = address_in(last);
    destination_set_domain(ret_destination, address.start, address.length);
    if (!take_reply(cause, ret_destination))
        take_cause(cause, ret_destination);
    struct span reason = behind(cause, ")");
    size_t colon = reason.length > 0 && reason.start[0] == ':';
    destination_set_reason(ret_destination, reason.start + colon, reason.length - colon);
}

/* The tree of recipients that are done: "XX" where it is empty, else lines of two letters before an address. */
static bool is_tree(struct span line)
{
    if (line.length == 2 && memcmp(line.start, "XX", 2) == 0)
        return true;
    return line.length > 3 && line.start[2] == ' ' && (line.start[0] == 'Y' || line.start[0] == 'N') &&
           (line.start[1] == 'Y' || line.start[1] == 'N');
}

void exim_destination_recipient(const char *text, size_t length, struct destination *ret_destination)
{
    struct span rest = {text, length}, line;
    bool tree = false;
    while (next_line(&rest, &line) && !(tree && !is_tree(line)))
        tree = tree || is_tree(line);
    /* That line is the number of recipients; the first one follows it. */
    if (tree && next_line(&rest, &line)) {
        struct span address = address_in(line);
        destination_set_domain(ret_destination, address.start, address.length);
    }
}

void exim_destination(int directory, int attempts, const char *name, struct destination *ret_destination)
{
    char content[CONTENT_SIZE], id[NAME_MAX + 1];
    (void)snprintf(id, sizeof(id), "%.*s", (int)(strlen(name) - 2), name);
    ssize_t length = attempts >= 0 ? message_file_read(attempts, id, content, sizeof(content), true) : 0;
    if (length > 0)
        exim_destination_log(content, (size_t)length, ret_destination);
    if (*ret_destination->domain)
        return;
    length = message_file_read(directory, name, content, sizeof(content), false);
    if (length > 0)
        exim_destination_recipient(content, (size_t)length, ret_destination);
}
