/* SPDX-License-Identifier: Apache-2.0
 * The HTTP side, on libmicrohttpd: one daemon for each listening address and one for the control socket. */
#ifndef CHOKEPOINT_EXPORTER_HTTP_SERVER_H
#define CHOKEPOINT_EXPORTER_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "exporter/renderer.h"

#define HTTP_CONNECTIONS_MAX 128u

struct http_settings {
    const char *const *listen_addresses; /* ":10421", "127.0.0.1:0", "[::1]:10421", "unix:PATH" */
    size_t listen_address_count;
    const char *telemetry_path; /* "/metrics" */
    const char *control_socket; /* a Unix socket, mode 0660; NULL: none */
    bool control_optional;      /* without the control socket it serves all the same; see http_server_warning() */
    unsigned connections_max;   /* of each address at once; 0: HTTP_CONNECTIONS_MAX */
    int64_t request_limit;      /* nanoseconds a request may take in all; 0: 30 seconds */
};

struct http_server;

/* Opens every address, then serves from threads of its own. The renderer outlives it. On failure nothing stays open,
 * negative errno is returned, and *why says which address and what to do. */
int http_server_start(const struct http_settings *settings, struct renderer *renderer, struct http_server **ret_server,
                      struct text *why);

/* The address that entry number index listens on, with its real port: "127.0.0.1:39041". Lives with the server. */
const char *http_server_address(const struct http_server *server, size_t index);

/* Why there is no control socket although one was wanted; NULL when nothing is missing. Lives with the server. */
const char *http_server_warning(const struct http_server *server);

/* Requests answered so far. */
uint64_t http_server_requests(const struct http_server *server);

/* Ends connections whose request has taken longer than it may, counted from the end of the one before it: a client that
 * sends or reads a byte now and then is not idle and would stay for ever. Call about once a second. */
void http_server_sweep(struct http_server *server);

/* Closes everything and removes the Unix sockets it made. NULL is fine. */
void http_server_stop(struct http_server *server);

#endif
