/* SPDX-License-Identifier: Apache-2.0
 * string.h, and what GNU's has besides and the C library of Windows lacks. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_STRING_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_STRING_H

#include_next <string.h>

/* strchrnul(3) */
char *strchrnul(const char *text, int c);

/* strsep(3) */
char *strsep(char **rest, const char *delimiters);

/* A name of our own: net-snmp brings one too. */
#define strcasestr libc_strcasestr

/* strcasestr(3) */
char *strcasestr(const char *text, const char *part);

/* strndup(3) */
char *strndup(const char *text, size_t most);

/* What an errno means, as strerrordesc_np(3); the C library does not know those of sockets. */
const char *strerrordesc_np(int error);

#endif
