/* SPDX-License-Identifier: Apache-2.0
 * The dynamic range of one namespace as a set of ports. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_PORTS_H
#define CHOKEPOINT_COLLECTORS_TCP_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#define PORT_COUNT 65536u

struct port_set {
    uint64_t bits[PORT_COUNT / 64];
};

struct port_range {
    uint16_t low, high;
    struct port_set reserved; /* inside and outside of the range */
};

/* Reads "32768\t60999" (net.ipv4.ip_local_port_range) and "8080,9000-9010" (net.ipv4.ip_local_reserved_ports; may be
 * empty). 0 or -EINVAL. */
int port_range_parse(struct port_range *range, const char *bounds, const char *reserved);

/* Whether the kernel may choose this port by itself: in the range and not reserved. */
bool port_range_has(const struct port_range *range, uint16_t port);

/* How many ports of the range are reserved. */
uint32_t port_range_reserved(const struct port_range *range);

/* Whether the port is in the set; puts it in. */
bool port_set_has(const struct port_set *set, uint16_t port);
void port_set_add(struct port_set *set, uint16_t port);

#endif
