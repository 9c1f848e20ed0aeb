/* SPDX-License-Identifier: Apache-2.0
 * time.h, and what GNU's has besides and the C library of Windows lacks. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_TIME_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_TIME_H

#include_next <time.h>

/* strptime(3), of numbers only: %Y %m %d %H %M %S. */
char *strptime(const char *text, const char *format, struct tm *ret_parts);

/* timegm(3) */
time_t timegm(struct tm *utc);

#endif
