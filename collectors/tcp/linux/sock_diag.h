/* SPDX-License-Identifier: Apache-2.0
 * The kernel's list of TCP sockets by netlink (man 7 sock_diag; net/ipv4/inet_diag.c). A seam: tests link
 * tests/fakes/sock_diag.c, which reads the sockets from a file. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_SOCK_DIAG_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_SOCK_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "collectors/tcp/socket.h"

struct sock_diag;

/* Which sockets a walk gives. */
enum sock_diag_what { SOCK_DIAG_LISTENING, SOCK_DIAG_OTHERS };

/* Gets one socket; it lives only for the call. */
typedef void (*sock_diag_visit)(void *context, const struct tcp_socket *socket);

/* Opens a netlink socket in the network namespace of the calling thread. 0 or negative errno. */
int sock_diag_open(struct sock_diag **ret_diag);

/* NULL is fine. */
void sock_diag_close(struct sock_diag *diag);

/* One walk over IPv4 and IPv6, each socket once. -EINTR when the list changed under the walk or a part of it was cut
 * off, and it must be taken again; -ETIME after two seconds without an answer; else 0 or negative errno. What was
 * visited before an error is void; the next walk begins clean, with a socket of the calling thread's namespace if it
 * needs one. */
int sock_diag_walk(struct sock_diag *diag, enum sock_diag_what what, sock_diag_visit visit, void *context);

#endif
