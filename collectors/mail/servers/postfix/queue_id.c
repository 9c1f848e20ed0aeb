/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/servers/postfix/queue_id.h"

#define SECONDS_MIN      6u
#define SECONDS_MAX      10u /* 52^10 fits in 64 bits with room to spare */
#define MICROSECONDS     4u
#define SHORT_MIN        6u
#define SHORT_MAX        21u /* five digits and a 64-bit inode */
#define INODE_MAX        12u /* 51^12 > 2^64 */
#define MICROSECOND      1000
#define MICROSECONDS_END 1000000

/* The value of each digit, plus one; 0: not a digit. No vowels, so that ids spell nothing. */
static const unsigned char digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,  ['8'] = 9,
    ['9'] = 10, ['B'] = 11, ['C'] = 12, ['D'] = 13, ['F'] = 14, ['G'] = 15, ['H'] = 16, ['J'] = 17, ['K'] = 18,
    ['L'] = 19, ['M'] = 20, ['N'] = 21, ['P'] = 22, ['Q'] = 23, ['R'] = 24, ['S'] = 25, ['T'] = 26, ['V'] = 27,
    ['W'] = 28, ['X'] = 29, ['Y'] = 30, ['Z'] = 31, ['b'] = 32, ['c'] = 33, ['d'] = 34, ['f'] = 35, ['g'] = 36,
    ['h'] = 37, ['j'] = 38, ['k'] = 39, ['l'] = 40, ['m'] = 41, ['n'] = 42, ['p'] = 43, ['q'] = 44, ['r'] = 45,
    ['s'] = 46, ['t'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52,
};

/* -1 for a character that is no digit. */
static int64_t decode(const char *text, size_t length)
{
    int64_t number = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = digits[(unsigned char)text[i]];
        if (digit == 0)
            return -1;
        number = number * 52 + (int64_t)digit - 1;
    }
    return number;
}

/* An inode is of no use here, and twelve digits may not fit. */
static bool are_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (digits[(unsigned char)text[i]] == 0)
            return false;
    return true;
}

static bool is_short(const char *name, size_t length)
{
    if (length < SHORT_MIN || length > SHORT_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((name[i] < '0' || name[i] > '9') && (name[i] < 'A' || name[i] > 'F'))
            return false;
    return true;
}

enum arrival_method queue_id_arrival(const char *name, size_t length, int64_t *ret_arrival)
{
    /* The inode has no 'z', so the last one separates. */
    size_t inode = length;
    while (inode > 0 && name[inode - 1] != 'z')
        inode--;
    if (inode == 0)
        return is_short(name, length) ? ARRIVAL_UNKNOWN : ARRIVAL_GONE;
    size_t stamp = inode - 1;
    if (stamp < SECONDS_MIN + MICROSECONDS || stamp > SECONDS_MAX + MICROSECONDS || inode == length ||
        length - inode > INODE_MAX || !are_digits(name + inode, length - inode))
        return ARRIVAL_GONE;
    int64_t seconds = decode(name, stamp - MICROSECONDS);
    int64_t microseconds = decode(name + stamp - MICROSECONDS, MICROSECONDS);
    if (seconds < 0 || microseconds < 0 || microseconds >= MICROSECONDS_END)
        return ARRIVAL_GONE;
    *ret_arrival = times_moment(seconds, microseconds * MICROSECOND);
    return ARRIVAL_NAME;
}
