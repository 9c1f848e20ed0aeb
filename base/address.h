/* SPDX-License-Identifier: Apache-2.0
 * IP addresses and ranges of them as configuration files write them. */
#ifndef CHOKEPOINT_BASE_ADDRESS_H
#define CHOKEPOINT_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/* IPv6 in network order; IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), so that both compare alike with memcmp(). */
struct address {
    uint8_t bytes[16];
};

struct address_range {
    struct address first, last;
};

#define ADDRESS_TEXT 46 /* room for an address with its zero byte */

/* "192.0.2.1", "2001:db8::1", or the latter in brackets. 0, or -EINVAL with *ret_address untouched. */
int address_parse(const char *text, struct address *ret_address);

/* "192.0.2.1" or "2001:db8::1" (RFC 5952). */
void address_format(char text[ADDRESS_TEXT], const struct address *address);

/* An address, ADDRESS/LENGTH, [ADDRESS]/LENGTH, [ADDRESS/LENGTH], ADDRESS-ADDRESS or ADDRESS(MASK). Bits beyond the
 * length do not matter. 0, or -EINVAL with *ret_range untouched. */
int address_range_parse(const char *text, struct address_range *ret_range);

/* Whether the address lies in the range. */
bool address_range_has(const struct address_range *range, const struct address *address);

/* Compares how many addresses two ranges hold: negative where a is the smaller one. */
int address_range_compare_size(const struct address_range *a, const struct address_range *b);

#endif
