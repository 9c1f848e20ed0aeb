/* SPDX-License-Identifier: Apache-2.0
 * What of a socket differs between platforms. A descriptor of Windows, a SOCKET, fits an int: the system keeps handles
 * to 32 bits. */
#ifndef CHOKEPOINT_EXPORTER_HTTP_SOCKET_H
#define CHOKEPOINT_EXPORTER_HTTP_SOCKET_H

#include <stdbool.h>
#include <sys/socket.h>

/* Listens on the address, non-blocking, not inherited by programs that are started. both: an IPv6 socket takes IPv4
 * too. 0 or negative errno. */
int socket_listen(const struct sockaddr *address, socklen_t size, bool both, int *ret_fd);

/* Closes it. */
void socket_close(int fd);

/* Ends a connection at once: what is still to be sent is dropped, and whoever reads or writes sees the end. It stays to
 * be closed. */
void socket_drop(int fd);

/* What to do about an error of socket_listen(), as a clause that begins with "; ", or an empty text. */
const char *socket_hint(int error);

/* How a daemon of libmicrohttpd waits for its sockets: flags of MHD_start_daemon(3). */
unsigned socket_daemon_flags(void);

#endif
