/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/sysctl_name.h"

#include <errno.h>
#include <string.h>

static char exchange(char c)
{
    if (c == '.')
        return '/';
    if (c == '/')
        return '.';
    return c;
}

int sysctl_name_path(char *buffer, size_t size, const char *name)
{
    const char *first = strpbrk(name, "./");
    bool dotted = first && *first == '.';
    char *to = buffer;
    if (strlen(name) >= size)
        return -ENAMETOOLONG;
    for (const char *at = name; *at; at++) {
        char c = *at;
        if (dotted)
            c = exchange(c);
        if (c != '/' || (to > buffer && to[-1] != '/'))
            *to++ = c;
    }
    if (to > buffer && to[-1] == '/')
        to--;
    *to = '\0';
    return 0;
}

bool sysctl_name_valid(const char *name)
{
    char path[256];
    if (sysctl_name_path(path, sizeof(path), name) < 0 ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:@./") != strlen(name))
        return false;
    unsigned components = 0;
    for (const char *at = path; *at; components++) {
        size_t length = strcspn(at, "/");
        if (strspn(at, ".") >= length)
            return false;
        at += length;
        at += *at == '/';
    }
    return components >= 2;
}
