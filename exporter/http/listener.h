/* SPDX-License-Identifier: Apache-2.0
 * Listening sockets, opened by us because libmicrohttpd's own errors do not tell which address and why. */
#ifndef CHOKEPOINT_EXPORTER_HTTP_LISTENER_H
#define CHOKEPOINT_EXPORTER_HTTP_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"

struct listener {
    int fd;            /* non-blocking, close-on-exec, listening; -1: none, or somebody else's now */
    char address[192]; /* as people write it, with the real port: "127.0.0.1:39041", "[::]:10421", "unix:/run/x.sock" */
    bool is_unix;
    dev_t device; /* of the Unix socket's file, so that only our own is removed */
    ino_t inode;
};

/* Opens "HOST:PORT", ":PORT" (IPv6 and IPv4), "[IPv6]:PORT" or "unix:PATH"; PORT 0 picks one. On failure returns
 * negative errno and appends one sentence to *why. ip(7), ipv6(7). */
int listener_open(const char *address, struct listener *ret_listener, struct text *why);

/* Opens a Unix socket of mode 0660, whatever the umask. A file left behind by a dead process is replaced, a live
 * socket is -EADDRINUSE; the last directory of the path is made if it is missing. unix(7). -EAFNOSUPPORT on Windows. */
int listener_open_unix(const char *path, struct listener *ret_listener, struct text *why);

/* Removes the Unix socket's file if it is still the one that was made. */
void listener_remove_unix(const struct listener *listener);

/* Closes the socket if it is still ours and removes the Unix socket's file if it is still the same. */
void listener_close(struct listener *listener);

#endif
