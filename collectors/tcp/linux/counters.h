/* SPDX-License-Identifier: Apache-2.0
 * The kernel's own TCP and connection-tracking counters of one namespace, from <procfs>/net and <procfs>/sys
 * (man 5 proc; RFC 4022 for the Tcp line; net/ipv4/proc.c for TcpExt). */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_COUNTERS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/linux/kept_files.h"
#include "base/text.h"
#include "snapshot/builder.h"

/* Where a namespace's files are, below procfs: net is "net", or "thread-self/net" in a thread that has entered another
 * namespace, and then files keeps none. buffer is scratch. */
struct counters_place {
    struct kept_files *files;
    const char *net;
    const char *netns;
    struct text *buffer;
};

/* Puts the row of tcp_counters; dumps_interrupted is the collector's own count. 0, or negative errno and *ret_subject
 * says which file. */
int counters_put(struct builder *builder, const struct counters_place *place, uint64_t dumps_interrupted,
                 const char **ret_subject);

/* Puts the row of conntrack. -ENODATA when connection tracking is not loaded. */
int conntrack_put(struct builder *builder, const struct counters_place *place);

/* TIME_WAITs by <net>/sockstat, sockets that are about to become one among them. 0 or negative errno. */
int counters_time_waits(const struct counters_place *place, uint64_t *ret_count);

/* Whether the namespace has no TCP socket at all, by <net>/sockstat and sockstat6: what cannot be read has some. */
bool counters_no_sockets(const struct counters_place *place);

/* Finds `name` in the table `group` of text like /proc/net/snmp: a line "Tcp: NAME NAME..." and below it
 * "Tcp: 1 2...".. 0, -ENODATA or -EINVAL. */
int counters_find(const char *text, const char *group, const char *name, uint64_t *ret_value);

/* Sums a column of /proc/net/stat/nf_conntrack: a line of names, then one line of hexadecimal numbers for each CPU.
 * 0, -ENODATA or -EINVAL. */
int conntrack_sum(const char *text, const char *name, uint64_t *ret_sum);

#endif
