/* SPDX-License-Identifier: Apache-2.0
 * regcomp(3) and its kin, from TRE: the C library of Windows has no regular expressions. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_REGEX_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_REGEX_H

#include <tre/regex.h>

#endif
