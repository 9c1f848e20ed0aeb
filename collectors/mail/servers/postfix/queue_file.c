/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/queue_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/parse.h"
#include "collectors/mail/message_file.h"

#define HEAD_SIZE        1024u
#define CONTENT_SIZE     4096u
#define RECORD_TIME      'T'
#define RECORD_RECIPIENT 'R' /* one that is done has another letter */
#define RECORD_MESSAGE   'M' /* the text begins: no arrival after it */

static bool record_length(const char *bytes, size_t length, size_t *at, size_t *ret_length)
{
    size_t value = 0;
    for (unsigned shift = 0; shift < 28 && *at < length; shift += 7) {
        unsigned char octet = (unsigned char)bytes[(*at)++];
        value |= (size_t)(octet & 0x7f) << shift;
        if (!(octet & 0x80)) {
            *ret_length = value;
            return true;
        }
    }
    return false;
}

static enum arrival_method record_time(const char *bytes, size_t length, int64_t *ret_arrival)
{
    char text[32];
    int64_t seconds;
    if (length >= sizeof(text))
        return ARRIVAL_UNKNOWN;
    memcpy(text, bytes, length);
    text[length] = '\0';
    char *rest = text;
    const char *field = parse_field(&rest);
    if (!field || parse_signed(field, &seconds) < 0 || seconds <= 0)
        return ARRIVAL_UNKNOWN;
    *ret_arrival = times_moment(seconds, 0);
    return ARRIVAL_RECORD;
}

/* The first record of this type before the text of the message. Whether there is one. */
static bool find_record(const char *bytes, size_t length, char wanted, const char **ret_data, size_t *ret_size)
{
    for (size_t at = 0; at < length;) {
        char type = bytes[at++];
        size_t size;
        if (type == RECORD_MESSAGE || !record_length(bytes, length, &at, &size) || size > length - at)
            break;
        if (type == wanted) {
            *ret_data = bytes + at;
            *ret_size = size;
            return true;
        }
        at += size;
    }
    return false;
}

enum arrival_method queue_file_record(const char *bytes, size_t length, int64_t *ret_arrival)
{
    const char *data;
    size_t size;
    return find_record(bytes, length, RECORD_TIME, &data, &size) ? record_time(data, size, ret_arrival)
                                                                 : ARRIVAL_UNKNOWN;
}

static enum arrival_method read_record(int directory, const char *name, int64_t *ret_arrival)
{
    char head[HEAD_SIZE];
    ssize_t length = message_file_read(directory, name, head, sizeof(head), false);
    if (length < 0)
        return length == -ENOENT ? ARRIVAL_GONE : ARRIVAL_UNKNOWN;
    return queue_file_record(head, (size_t)length, ret_arrival);
}

enum arrival_method queue_file_arrival(int directory, const char *name, int64_t *ret_arrival)
{
    struct statx status;
    int flags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
    if (statx(directory, name, flags, STATX_BTIME, &status) < 0) {
        if (errno == ENOENT)
            return ARRIVAL_GONE;
    } else if (status.stx_mask & STATX_BTIME) {
        *ret_arrival = times_moment(status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
        return ARRIVAL_BIRTH_TIME;
    }
    return read_record(directory, name, ret_arrival);
}

/* The rest of the first line that begins with this. Whether there is one. */
static bool find_line(const char *text, size_t length, const char *start, const char **ret_value, size_t *ret_size)
{
    const char *found = memmem(text, length, start, strlen(start));
    if (!found)
        return false;
    *ret_value = found + strlen(start);
    const char *end = memchr(*ret_value, '\n', length - (size_t)(*ret_value - text));
    *ret_size = (size_t)((end ? end : text + length) - *ret_value);
    return true;
}

void queue_file_log(const char *text, size_t length, struct destination *ret_destination)
{
    const char *value;
    size_t size;
    if (!find_line(text, length, "\nrecipient=", &value, &size))
        return;
    destination_set_domain(ret_destination, value, size);
    length -= (size_t)(value - text);
    text = value;
    if (find_line(text, length, "\nstatus=", &value, &size))
        (void)destination_set_dsn(ret_destination, value, size);
    if (find_line(text, length, "\nreason=", &value, &size))
        destination_set_reason(ret_destination, value, size);
}

void queue_file_recipient(const char *bytes, size_t length, struct destination *ret_destination)
{
    const char *address;
    size_t size;
    if (find_record(bytes, length, RECORD_RECIPIENT, &address, &size))
        destination_set_domain(ret_destination, address, size);
}

void queue_file_destination(int directory, int attempts, const char *name, struct destination *ret_destination)
{
    char content[CONTENT_SIZE];
    ssize_t length = attempts >= 0 ? message_file_read(attempts, name, content, sizeof(content), false) : 0;
    if (length > 0)
        queue_file_log(content, (size_t)length, ret_destination);
    if (*ret_destination->domain)
        return;
    length = message_file_read(directory, name, content, sizeof(content), false);
    if (length > 0)
        queue_file_recipient(content, (size_t)length, ret_destination);
}
