/* SPDX-License-Identifier: Apache-2.0
 * Text between UTF-8, which everything here is, and the UTF-16 of Windows. */
#ifndef CHOKEPOINT_BASE_WINDOWS_WIDE_H
#define CHOKEPOINT_BASE_WINDOWS_WIDE_H

#include <stddef.h>
#include <wchar.h>

/* UTF-16 of a text; size counts units, with the final zero. 0, -EILSEQ for invalid UTF-8, or -ENAMETOOLONG. */
int wide_from_utf8(wchar_t *buffer, size_t size, const char *text);

/* UTF-8 of a text, unpaired surrogates replaced; size counts octets, with the final zero. 0 or -ENAMETOOLONG. */
int wide_to_utf8(char *buffer, size_t size, const wchar_t *text);

#endif
