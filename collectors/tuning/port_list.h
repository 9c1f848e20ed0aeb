/* SPDX-License-Identifier: Apache-2.0
 * Lists of ports as net.ipv4.ip_local_reserved_ports has them: the kernel prints another spelling than was written. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_PORT_LIST_H
#define CHOKEPOINT_COLLECTORS_TUNING_PORT_LIST_H

#include <stdint.h>

struct port_list {
    uint64_t bits[65536 / 64];
};

/* Reads "8080,9000-9100", without blanks; empty is the empty list. 0 or -EINVAL. kernel/sysctl.c,
 * proc_do_large_bitmap(). */
int port_list_parse(const char *text, struct port_list *ret_list);

#endif
