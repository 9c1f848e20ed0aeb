/* SPDX-License-Identifier: Apache-2.0
 * What count_rows.c and count_ports.c share. Nobody else includes this. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_COUNT_PUT_H
#define CHOKEPOINT_COLLECTORS_TCP_COUNT_PUT_H

#include "collectors/tcp/count.h"
#include "collectors/tcp/sums.h"

struct put {
    const struct count *count;
    const struct count_output *output;
    const struct sums *sums;
    struct builder *builder;
};

/* The name of the namespace in tables that are not about ports. */
const char *count_put_netns(const struct put *put);

/* Sets the two cells of an owner. */
void count_put_owner(const struct put *put, unsigned process, unsigned unit, struct owner owner);

/* Puts the rows of tcp_endpoints, tcp_holders, tcp_pools and tcp_ranges. 0 or -ENOMEM. */
int count_put_ports(const struct put *put);

#endif
