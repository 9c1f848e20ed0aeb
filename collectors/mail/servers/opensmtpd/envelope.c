/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/opensmtpd/envelope.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "collectors/mail/directory.h"
#include "collectors/mail/message_file.h"

#define CONTENT_SIZE 4096u
#define NAMES_SIZE   8192u
#define MESSAGE_ID   8u
#define ENVELOPE_ID  16u

/* The lines that tell something. */
enum { RECIPIENT, ERROR_LINE, STATUS_CLASS, STATUS_CODE, FIELDS };
static const char *const fields[FIELDS] = {"rcpt: ", "errorline: ", "esc-class: ", "esc-code: "};

static void take_status(const char *const values[FIELDS], struct destination *ret_destination)
{
    uint64_t class, code = 0;
    char dsn[32];
    if (!values[STATUS_CLASS] || parse_unsigned(values[STATUS_CLASS], &class) < 0 || class > 5)
        return;
    if (values[STATUS_CODE] && (parse_unsigned(values[STATUS_CODE], &code) < 0 || code > 99))
        return;
    int length = snprintf(dsn, sizeof(dsn), "%u.%u.%u", (unsigned)class, (unsigned)code / 10, (unsigned)code % 10);
    (void)destination_set_dsn(ret_destination, dsn, (size_t)length);
}

void opensmtpd_envelope_parse(char *text, struct destination *ret_destination)
{
    const char *values[FIELDS] = {NULL}, *line;
    while ((line = parse_line(&text)))
        for (unsigned i = 0; i < FIELDS; i++)
            if (strncmp(line, fields[i], strlen(fields[i])) == 0)
                values[i] = line + strlen(fields[i]);
    if (values[RECIPIENT])
        destination_set_domain(ret_destination, values[RECIPIENT], strlen(values[RECIPIENT]));
    const char *error = values[ERROR_LINE];
    if (error)
        destination_set_reason(ret_destination, error, strlen(error));
    if (!error || !destination_set_reply(ret_destination, error, strlen(error)))
        take_status(values, ret_destination);
}

static bool is_envelope(const char *name, const char *message)
{
    return strncmp(name, message, MESSAGE_ID) == 0 && strspn(name, "0123456789abcdef") == ENVELOPE_ID &&
           name[ENVELOPE_ID] == '\0';
}

/* Puts the least name of an envelope into `least`; "" if there is none. */
static void find_envelope(int fd, const char *message, char least[ENVELOPE_ID + 1])
{
    _Alignas(struct dirent64) char names[NAMES_SIZE];
    ssize_t length = getdents64(fd, names, sizeof(names));
    *least = '\0';
    for (ssize_t at = 0; at < length;) {
        const struct dirent64 *entry = (const struct dirent64 *)(const void *)(names + at);
        at += entry->d_reclen;
        if (is_envelope(entry->d_name, message) && (!*least || strcmp(entry->d_name, least) < 0))
            memcpy(least, entry->d_name, ENVELOPE_ID + 1);
    }
}

void opensmtpd_envelope_destination(int directory, int attempts, const char *name, struct destination *ret_destination)
{
    (void)attempts;
    char content[CONTENT_SIZE + 1], envelope[ENVELOPE_ID + 1];
    int fd = directory_open(directory, name);
    if (fd < 0)
        return;
    find_envelope(fd, name, envelope);
    ssize_t length = *envelope ? message_file_read(fd, envelope, content, CONTENT_SIZE, false) : 0;
    (void)close(fd);
    content[length > 0 ? length : 0] = '\0';
    opensmtpd_envelope_parse(content, ret_destination);
}
