/* SPDX-License-Identifier: Apache-2.0
 * What the headers in libc/ declare. They stand before the compiler's own, so that portable code is the same text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <windows.h>

#include "base/windows/wide.h"

char *strchrnul(const char *text, int c)
{
    const char *found = strchr(text, c);
    return (char *)(found ? found : text + strlen(text));
}

char *strsep(char **rest, const char *delimiters)
{
    char *start = *rest;
    if (!start)
        return NULL;
    char *end = start + strcspn(start, delimiters);
    *rest = *end ? end + 1 : NULL;
    *end = '\0';
    return start;
}

char *strcasestr(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; strlen(text) >= length; text++)
        if (_strnicmp(text, part, length) == 0)
            return (char *)text;
    return NULL;
}

char *strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

const char *strerrordesc_np(int error)
{
    static const struct {
        int error;
        const char *words;
    } others[] = {{EADDRINUSE, "Address already in use"},
                  {EADDRNOTAVAIL, "Cannot assign requested address"},
                  {EAFNOSUPPORT, "Address family not supported by protocol"},
                  {EALREADY, "Operation already in progress"},
                  {ECANCELED, "Operation canceled"},
                  {ECONNREFUSED, "Connection refused"},
                  {ECONNRESET, "Connection reset by peer"},
                  {ENOBUFS, "No buffer space available"},
                  {ESTALE, "Stale file handle"},
                  {EPROTO, "Protocol error"},
                  {ENODATA, "No data available"},
                  {EOVERFLOW, "Value too large for defined data type"},
                  {ETIMEDOUT, "Connection timed out"}};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i].error == error)
            return others[i].words;
    return strerror(error);
}

struct comparison {
    int (*compare)(const void *, const void *, void *);
    void *context;
};

static int compare_by(void *context, const void *a, const void *b)
{
    const struct comparison *comparison = context;
    return comparison->compare(a, b, comparison->context);
}

/* Sorts each half, then merges them through `spare`, which has room for half of them. */
static void merge_sort(char *items, size_t count, size_t size, const struct comparison *by, char *spare)
{
    size_t half = count / 2;
    if (count < 2)
        return;
    merge_sort(items, half, size, by, spare);
    merge_sort(items + half * size, count - half, size, by, spare);
    memcpy(spare, items, half * size);
    const char *left = spare, *left_end = spare + half * size;
    const char *right = items + half * size, *right_end = items + count * size;
    for (char *to = items; left < left_end; to += size) {
        const char **from = right < right_end && by->compare(left, right, by->context) > 0 ? &right : &left;
        memmove(to, *from, size);
        *from += size;
    }
}

/* Equals keep their order, as in GNU's; only where memory is short they may not. */
void qsort_r(void *items, size_t count, size_t size, int (*compare)(const void *, const void *, void *), void *context)
{
    struct comparison comparison = {compare, context};
    char *spare = count > 1 ? malloc(count / 2 * size) : NULL;
    if (spare)
        merge_sort(items, count, size, &comparison, spare);
    else
        qsort_s(items, count, size, compare_by, &comparison);
    free(spare);
}

/* Where the number that a conversion reads goes, its most digits and what it is counted from. */
static int *part_of(char conversion, struct tm *parts, size_t *ret_digits, int *ret_first)
{
    *ret_digits = conversion == 'Y' ? 4 : 2;
    *ret_first = conversion == 'Y' ? 1900 : conversion == 'm' ? 1 : 0;
    switch (conversion) {
    case 'Y':
        return &parts->tm_year;
    case 'm':
        return &parts->tm_mon;
    case 'd':
        return &parts->tm_mday;
    case 'H':
        return &parts->tm_hour;
    case 'M':
        return &parts->tm_min;
    case 'S':
        return &parts->tm_sec;
    default:
        return NULL;
    }
}

char *strptime(const char *text, const char *format, struct tm *ret_parts)
{
    for (; *format; format++) {
        size_t most, digits = 0;
        int first, number = 0;
        if (*format != '%') {
            if (*text++ != *format)
                return NULL;
            continue;
        }
        int *part = part_of(*++format, ret_parts, &most, &first);
        for (; digits < most && *text >= '0' && *text <= '9'; digits++)
            number = 10 * number + (*text++ - '0');
        if (!part || digits == 0)
            return NULL;
        *part = number - first;
    }
    return (char *)text;
}

time_t timegm(struct tm *utc)
{
    return _mkgmtime(utc);
}

int uname(struct utsname *names)
{
    wchar_t wide[256];
    DWORD size = sizeof(wide) / sizeof(wide[0]);
    strcpy(names->sysname, "Windows");
    if (!GetComputerNameExW(ComputerNameDnsHostname, wide, &size))
        return -1;
    return wide_to_utf8(names->nodename, sizeof(names->nodename), wide) < 0 ? -1 : 0;
}
