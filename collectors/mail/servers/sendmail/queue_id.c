/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/sendmail/queue_id.h"

#include <string.h>
#include <time.h>

#define PREFIX_LENGTH 2u
#define ID_LENGTH     8u /* of the time and a sequence number; then comes the process id, in decimal */
#define MOST_PID      20u

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND };

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'x' ? c - 'a' + 36 : -1;
}

static bool is_id(const char *id, size_t length)
{
    if (length <= ID_LENGTH || length > ID_LENGTH + MOST_PID)
        return false;
    for (size_t i = 0; i < ID_LENGTH; i++)
        if (digit_of(id[i]) < 0)
            return false;
    return strspn(id + ID_LENGTH, "0123456789") == length - ID_LENGTH;
}

enum arrival_method sendmail_queue_id_arrival(const char *name, size_t length, int64_t *ret_arrival)
{
    bool envelope = length > PREFIX_LENGTH && name[1] == 'f' && (name[0] == 'q' || name[0] == 'h' || name[0] == 'Q');
    if (!envelope || !is_id(name + PREFIX_LENGTH, length - PREFIX_LENGTH))
        return ARRIVAL_GONE;
    const char *id = name + PREFIX_LENGTH;
    int year = digit_of(id[YEAR]);
    struct tm parts = {
        .tm_year = year < 40 ? year + 120 : year + 60,
        .tm_mon = digit_of(id[MONTH]),
        .tm_mday = digit_of(id[DAY]),
        .tm_hour = digit_of(id[HOUR]),
        .tm_min = digit_of(id[MINUTE]),
        .tm_sec = digit_of(id[SECOND]),
    };
    if (parts.tm_mon > 11 || parts.tm_mday < 1 || parts.tm_mday > 31 || parts.tm_hour > 23)
        return ARRIVAL_UNKNOWN;
    *ret_arrival = times_moment((int64_t)timegm(&parts), 0);
    return ARRIVAL_NAME;
}

bool sendmail_queue_id_is_body(const char *name, size_t length)
{
    return length > PREFIX_LENGTH && name[0] == 'd' && name[1] == 'f' &&
           is_id(name + PREFIX_LENGTH, length - PREFIX_LENGTH);
}
