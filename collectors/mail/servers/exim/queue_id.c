/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/exim/queue_id.h"

#define SECONDS_LENGTH 6u

/* Where the second and third part of an id end, before 4.97 and since. */
static const struct {
    size_t second, third;
} shapes[] = {{13, 16}, {18, 23}};

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
}

static bool has_shape(const char *name, size_t second, size_t third)
{
    for (size_t i = 0; i < third; i++) {
        bool dash = i == SECONDS_LENGTH || i == second;
        if (dash ? name[i] != '-' : digit_of(name[i]) < 0)
            return false;
    }
    return true;
}

/* Whether it is an id with a dash and this letter behind it. */
static bool is_file(const char *name, size_t length, char kind)
{
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        if (length == shapes[i].third + 2 && name[length - 2] == '-' && name[length - 1] == kind)
            return has_shape(name, shapes[i].second, shapes[i].third);
    return false;
}

enum arrival_method exim_queue_id_arrival(const char *name, size_t length, int64_t *ret_arrival)
{
    if (!is_file(name, length, 'H'))
        return ARRIVAL_GONE;
    int64_t seconds = 0;
    for (size_t i = 0; i < SECONDS_LENGTH; i++)
        seconds = 62 * seconds + digit_of(name[i]);
    *ret_arrival = times_moment(seconds, 0);
    return ARRIVAL_NAME;
}

bool exim_queue_id_is_body(const char *name, size_t length)
{
    return is_file(name, length, 'D');
}
