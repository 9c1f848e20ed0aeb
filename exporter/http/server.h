/* SPDX-License-Identifier: Apache-2.0
 * The HTTP side, on libmicrohttpd: one daemon for each listening address and one for the control socket. */
#ifndef CHOKEPOINT_EXPORTER_HTTP_SERVER_H
#define CHOKEPOINT_EXPORTER_HTTP_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "exporter/renderer.h"

struct http_settings {
    const char *const *listen_addresses; /* ":10421", "127.0.0.1:0", "[::1]:10421", "unix:PATH" */
    size_t listen_address_count;
    const char *telemetry_path;          /* "/metrics" */
    const char *control_socket;          /* a Unix socket, mode 0660; NULL: none */
};

struct http_server;

/* Opens every address, then serves from threads of its own. The renderer outlives it. On failure nothing stays open,
 * negative errno is returned, and *why says which address and what to do. */
int http_server_start(const struct http_settings *settings, struct renderer *renderer, struct http_server **ret_server,
                      struct text *why);

/* The address that entry number index listens on, with its real port: "127.0.0.1:39041". Lives with the server. */
const char *http_server_address(const struct http_server *server, size_t index);

/* Requests answered so far. */
uint64_t http_server_requests(const struct http_server *server);

/* Ends connections that have taken longer than they may; call about once a second. */
void http_server_sweep(struct http_server *server);

/* Closes everything and removes the Unix sockets it made. NULL is fine. */
void http_server_stop(struct http_server *server);

#endif
