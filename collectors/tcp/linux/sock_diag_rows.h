/* SPDX-License-Identifier: Apache-2.0
 * Reads the kernel's answer to a request for sockets, a datagram at a time (linux/inet_diag.h, man 7 netlink). Apart
 * from sock_diag.c so that a fuzzer can feed it. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_SOCK_DIAG_ROWS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_SOCK_DIAG_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/tcp/linux/sock_diag.h"

/* One answer, over as many datagrams as it takes. */
struct sock_diag_reply {
    uint32_t sequence; /* of the request */
    uint32_t port;     /* of our netlink socket */
    sock_diag_visit visit;
    void *context;
    bool interrupted; /* the list changed under the walk (NLM_F_DUMP_INTR) */
    bool ended;       /* nothing more will come */
};

/* Visits the sockets in one datagram. bytes are aligned to four. What is malformed, or answers another request, is
 * passed over. 0, or the negative errno that the kernel ended the answer with. */
int sock_diag_rows(const void *bytes, size_t size, struct sock_diag_reply *reply);

#endif
