/* SPDX-License-Identifier: Apache-2.0 */
#include "base/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/parse.h"

#define ADDRESS_BITS 128u
#define V4_START     12u
#define V4_BITS      96u

static const uint8_t v4_prefix[V4_START] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct address *address)
{
    return memcmp(address->bytes, v4_prefix, sizeof(v4_prefix)) == 0;
}

/* Copies what stands between start and end, without brackets around it. */
static int cut(char text[ADDRESS_TEXT], const char *start, const char *end)
{
    if (end > start && *start == '[')
        start++;
    if (end > start && end[-1] == ']')
        end--;
    size_t length = (size_t)(end - start);
    if (length == 0 || length >= ADDRESS_TEXT)
        return -EINVAL;
    memcpy(text, start, length);
    text[length] = '\0';
    return 0;
}

static int parse_between(const char *start, const char *end, struct address *ret_address)
{
    char text[ADDRESS_TEXT];
    struct address address;
    int error = cut(text, start, end);
    if (error < 0)
        return error;
    if (inet_pton(AF_INET6, text, address.bytes) != 1) {
        if (inet_pton(AF_INET, text, address.bytes + V4_START) != 1)
            return -EINVAL;
        memcpy(address.bytes, v4_prefix, sizeof(v4_prefix));
    }
    *ret_address = address;
    return 0;
}

int address_parse(const char *text, struct address *ret_address)
{
    return parse_between(text, text + strlen(text), ret_address);
}

void address_format(char text[ADDRESS_TEXT], const struct address *address)
{
    bool v4 = is_v4(address);
    (void)inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? address->bytes + V4_START : address->bytes, text, ADDRESS_TEXT);
}

/* The range of all addresses that agree with this one in so many bits. */
static struct address_range range_of(const struct address *address, unsigned bits)
{
    struct address_range range = {*address, *address};
    for (unsigned i = 0; i < sizeof(address->bytes); i++) {
        unsigned fixed = bits > 8 * i ? bits - 8 * i : 0;
        uint8_t free = (uint8_t)(fixed >= 8 ? 0 : 0xffu >> fixed);
        range.first.bytes[i] &= (uint8_t)~free;
        range.last.bytes[i] |= free;
    }
    return range;
}

static int parse_prefix(const char *text, const char *slash, struct address_range *ret_range)
{
    struct address address;
    uint64_t bits;
    char length[4];
    int error = parse_between(text, slash, &address);
    if (error < 0)
        return error;
    size_t size = strcspn(slash + 1, "]");
    if (size >= sizeof(length))
        return -EINVAL;
    memcpy(length, slash + 1, size);
    length[size] = '\0';
    unsigned most = is_v4(&address) ? ADDRESS_BITS - V4_BITS : ADDRESS_BITS;
    if (parse_unsigned(length, &bits) < 0 || bits > most)
        return -EINVAL;
    *ret_range = range_of(&address, (unsigned)bits + ADDRESS_BITS - most);
    return 0;
}

/* ADDRESS(MASK), as Exchange writes it: the mask's set bits, which must come first, are the length. */
static int parse_mask(const char *text, const char *bracket, struct address_range *ret_range)
{
    struct address address, mask;
    const char *end = strchr(bracket, ')');
    if (!end || end[1])
        return -EINVAL;
    int error = parse_between(text, bracket, &address);
    if (error == 0)
        error = parse_between(bracket + 1, end, &mask);
    if (error < 0)
        return error;
    bool v4 = is_v4(&address);
    if (v4 != is_v4(&mask))
        return -EINVAL;
    unsigned bits = v4 ? V4_BITS : 0;
    while (bits < ADDRESS_BITS && mask.bytes[bits / 8] & 0x80u >> bits % 8)
        bits++;
    *ret_range = range_of(&address, bits);
    return 0;
}

static int parse_pair(const char *text, const char *dash, struct address_range *ret_range)
{
    struct address_range range;
    int error = parse_between(text, dash, &range.first);
    if (error == 0)
        error = address_parse(dash + 1, &range.last);
    if (error == 0 && memcmp(&range.first, &range.last, sizeof(range.first)) > 0)
        error = -EINVAL;
    if (error == 0)
        *ret_range = range;
    return error;
}

int address_range_parse(const char *text, struct address_range *ret_range)
{
    const char *mark = strpbrk(text, "/-(");
    if (mark && *mark == '/')
        return parse_prefix(text, mark, ret_range);
    if (mark && *mark == '(')
        return parse_mask(text, mark, ret_range);
    if (mark)
        return parse_pair(text, mark, ret_range);
    struct address address;
    int error = address_parse(text, &address);
    if (error == 0)
        *ret_range = (struct address_range){address, address};
    return error;
}

bool address_range_has(const struct address_range *range, const struct address *address)
{
    return memcmp(address, &range->first, sizeof(*address)) >= 0 &&
           memcmp(address, &range->last, sizeof(*address)) <= 0;
}

/* last - first, as a number of 16 octets. */
static struct address size_of(const struct address_range *range)
{
    struct address size;
    unsigned borrow = 0;
    for (unsigned i = sizeof(size.bytes); i-- > 0;) {
        unsigned difference = 256u + range->last.bytes[i] - range->first.bytes[i] - borrow;
        size.bytes[i] = (uint8_t)difference;
        borrow = difference < 256u;
    }
    return size;
}

int address_range_compare_size(const struct address_range *a, const struct address_range *b)
{
    struct address size_a = size_of(a), size_b = size_of(b);
    return memcmp(&size_a, &size_b, sizeof(size_a));
}
