/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/queue_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parse.h"

#define HEAD_SIZE      1024u
#define RECORD_TIME    'T'
#define RECORD_MESSAGE 'M' /* the text begins: no arrival after it */

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

enum arrival_method queue_file_record(const char *bytes, size_t length, int64_t *ret_arrival)
{
    for (size_t at = 0; at < length;) {
        char type = bytes[at++];
        size_t size;
        if (type == RECORD_MESSAGE || !record_length(bytes, length, &at, &size) || size > length - at)
            break;
        if (type == RECORD_TIME)
            return record_time(bytes + at, size, ret_arrival);
        at += size;
    }
    return ARRIVAL_UNKNOWN;
}

static enum arrival_method read_record(int directory, const char *name, int64_t *ret_arrival)
{
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = openat(directory, name, flags | O_NOATIME);
    if (fd < 0 && errno == EPERM)
        fd = openat(directory, name, flags);
    if (fd < 0)
        return errno == ENOENT ? ARRIVAL_GONE : ARRIVAL_UNKNOWN;
    char head[HEAD_SIZE];
    ssize_t length = read(fd, head, sizeof(head));
    (void)close(fd);
    return length > 0 ? queue_file_record(head, (size_t)length, ret_arrival) : ARRIVAL_UNKNOWN;
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
