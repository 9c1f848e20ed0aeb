/* SPDX-License-Identifier: Apache-2.0
 * errno.h, and what POSIX has besides. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_ERRNO_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_ERRNO_H

#include_next <errno.h>

/* Above all numbers of the C library. */
#define ESTALE 201

#endif
