/* SPDX-License-Identifier: Apache-2.0
 * How people write an address to listen on. Only the spelling: whether it can be had shows when it is opened. */
#ifndef CHOKEPOINT_EXPORTER_HTTP_ADDRESS_H
#define CHOKEPOINT_EXPORTER_HTTP_ADDRESS_H

#include <stdbool.h>

#define HTTP_ADDRESS_ALLOWED "HOST:PORT, :PORT, [IPV6]:PORT or unix:PATH"

/* An address taken apart. */
struct http_address {
    const char *path; /* of a Unix socket, in the text that was parsed; NULL: none, and the rest holds */
    char host[256];   /* "" for any */
    char port[8];
};

/* 0 or -EINVAL; a path may have any length. */
int http_address_parse(const char *text, struct http_address *ret_address);

/* Whether it can be parsed, and a socket can have the path. */
bool http_address_is_valid(const char *text);

/* Whether a Unix socket can have this path: 1 to 107 octets. unix(7). */
bool http_address_is_socket_path(const char *path);

#endif
