/* SPDX-License-Identifier: Apache-2.0
 * Names are bytes; every output format wants UTF-8. This is the one place where the first becomes the second. */
#ifndef CHOKEPOINT_BASE_UTF8_H
#define CHOKEPOINT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) without a zero. */
bool utf8_valid(const char *bytes, size_t length);

/* Writes the bytes to buffer (size >= bound + 1), each ill-formed one, and each character that turns text around, as
 * U+FFFD. What is longer than bound octets is cut at a character and ends in '~' and eight hex digits of a hash of the
 * original, so that two long names that differ stay different and a name keeps its spelling across restarts. Returns
 * the octets written. bound >= 16. */
size_t utf8_bound(char *buffer, size_t size, size_t bound, const char *bytes, size_t length);

#endif
