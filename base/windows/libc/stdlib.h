/* SPDX-License-Identifier: Apache-2.0
 * stdlib.h, and what GNU's has besides and the C library of Windows lacks. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_STDLIB_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_STDLIB_H

#include_next <stdlib.h>

/* qsort_r(3), with the arguments in GNU's order. */
void qsort_r(void *items, size_t count, size_t size, int (*compare)(const void *, const void *, void *), void *context);

#endif
