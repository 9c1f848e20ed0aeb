/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tcp/ports.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"

bool port_set_has(const struct port_set *set, uint16_t port)
{
    return (set->bits[port / 64] >> (port % 64) & 1) != 0;
}

void port_set_add(struct port_set *set, uint16_t port)
{
    set->bits[port / 64] |= UINT64_C(1) << (port % 64);
}

static int parse_port(const char *text, uint16_t *ret_port)
{
    uint64_t number;
    if (parse_unsigned(text, &number) < 0 || number >= PORT_COUNT)
        return -EINVAL;
    *ret_port = (uint16_t)number;
    return 0;
}

static int parse_reserved(struct port_set *set, char *text)
{
    char *rest = text;
    for (char *item; (item = strsep(&rest, ",")) != NULL;) {
        uint16_t low, high;
        char *last = item = parse_trim(item);
        if (!*item)
            continue;
        (void)strsep(&last, "-");
        if (parse_port(item, &low) < 0 || (last ? parse_port(last, &high) : parse_port(item, &high)) < 0)
            return -EINVAL;
        for (uint32_t port = low; port <= high; port++)
            port_set_add(set, (uint16_t)port);
    }
    return 0;
}

int port_range_parse(struct port_range *range, const char *bounds, const char *reserved)
{
    struct port_range parsed = {0};
    char text[128], *rest = text;
    char list[32768];
    size_t bounds_size = strlen(bounds) + 1, reserved_size = strlen(reserved) + 1;
    if (bounds_size > sizeof(text) || reserved_size > sizeof(list))
        return -EINVAL;
    memcpy(text, bounds, bounds_size);
    memcpy(list, reserved, reserved_size);
    const char *low = parse_field(&rest), *high = low ? parse_field(&rest) : NULL;
    if (!high || parse_port(low, &parsed.low) < 0 || parse_port(high, &parsed.high) < 0 || parsed.low > parsed.high)
        return -EINVAL;
    if (parse_reserved(&parsed.reserved, list) < 0)
        return -EINVAL;
    *range = parsed;
    return 0;
}

bool port_range_has(const struct port_range *range, uint16_t port)
{
    return port >= range->low && port <= range->high && !port_set_has(&range->reserved, port);
}

uint32_t port_range_reserved(const struct port_range *range)
{
    uint32_t count = 0;
    for (uint32_t word = range->low / 64u; word <= range->high / 64u; word++) {
        uint64_t bits = range->reserved.bits[word];
        if (word == range->low / 64u)
            bits &= UINT64_MAX << range->low % 64u;
        if (word == range->high / 64u)
            bits &= UINT64_MAX >> (63u - range->high % 64u);
        count += (uint32_t)__builtin_popcountll(bits);
    }
    return count;
}
