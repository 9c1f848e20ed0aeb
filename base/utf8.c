/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Octets of the well-formed character at bytes, or 0 (RFC 3629, section 4). */
static size_t character(const unsigned char *bytes, size_t length)
{
    unsigned char first = bytes[0];
    if (first == 0)
        return 0; /* well-formed, but no string of ours can hold it */
    if (first < 0x80)
        return 1;
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || size > length)
        return 0;
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

bool utf8_valid(const char *bytes, size_t length)
{
    for (size_t at = 0, size; at < length; at += size) {
        size = character((const unsigned char *)bytes + at, length - at);
        if (size == 0)
            return false;
    }
    return true;
}

/* Whether the well-formed character turns text around it (Unicode's bidirectional controls U+202A to U+202E and U+2066
 * to U+2069): on a terminal or a page a name could look like another. */
static bool reorders(const unsigned char *bytes, size_t size)
{
    if (size != 3 || bytes[0] != 0xe2)
        return false;
    return bytes[1] == 0x80 ? bytes[2] >= 0xaa && bytes[2] <= 0xae
                            : bytes[1] == 0x81 && bytes[2] >= 0xa6 && bytes[2] <= 0xa9;
}

/* Copies whole characters while they fit in room; tells how many input octets were taken. */
static size_t copy(char *buffer, size_t room, const char *bytes, size_t length, size_t *ret_taken)
{
    static const char replacement[] = "\xef\xbf\xbd";
    size_t written = 0, at = 0;
    while (at < length) {
        size_t size = character((const unsigned char *)bytes + at, length - at);
        bool kept = size > 0 && !reorders((const unsigned char *)bytes + at, size);
        const char *from = kept ? bytes + at : replacement;
        size_t octets = kept ? size : sizeof(replacement) - 1;
        if (written + octets > room)
            break;
        memcpy(buffer + written, from, octets);
        written += octets;
        at += size ? size : 1;
    }
    *ret_taken = at;
    return written;
}

/* FNV-1a: the spelling must not change from run to run, so the seeded hash of map.h will not do. */
static uint32_t stable_hash(const char *bytes, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    return hash;
}

size_t utf8_bound(char *buffer, size_t size, size_t bound, const char *bytes, size_t length)
{
    const size_t tail = 9; /* '~' and eight digits */
    if (bound >= size)
        bound = size - 1;
    size_t taken;
    size_t written = copy(buffer, bound, bytes, length, &taken);
    if (taken < length) {
        written = copy(buffer, bound - tail, bytes, length, &taken);
        (void)snprintf(buffer + written, tail + 1, "~%08x", stable_hash(bytes, length));
        written += tail;
    }
    buffer[written] = '\0';
    return written;
}
