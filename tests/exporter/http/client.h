/* SPDX-License-Identifier: Apache-2.0
 * A hand-written HTTP client, which sends what it is told and not what is right; and a server to try it on. */
#ifndef CHOKEPOINT_TESTS_EXPORTER_HTTP_CLIENT_H
#define CHOKEPOINT_TESTS_EXPORTER_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "exporter/http/server.h"
#include "exporter/renderer.h"
#include "snapshot/store.h"
#include "tests/cmocka.h"

/* One response; head ends in an empty line. */
struct response {
    int status;
    struct text head;
    struct text body;
};

struct client {
    int fd;
    struct text received; /* not used up by a response yet */
};

struct site {
    struct snapshot_store *store;
    struct renderer *renderer;
    struct http_server *server;
    struct text why;
};

/* Starts a server on one address. Without rows there is no sample yet; each row is about 2 KB of JSON. */
void site_start(struct site *site, const char *address, const char *control, int64_t request_limit, unsigned rows);

/* Publishes one more sample. */
void site_publish(struct site *site, unsigned rows);

/* Stops everything. */
void site_stop(struct site *site);

/* Connects to "HOST:PORT", "[::]:PORT" (as 127.0.0.1) or "unix:PATH"; from that IPv4 address unless NULL. */
void client_open(struct client *client, const char *address, const char *from);

/* Closes it and frees what was received. */
void client_close(struct client *client);

/* Sends all bytes; false when the other side has closed. */
bool client_send(struct client *client, const char *bytes, size_t length);

/* Reads one response, its body unless it answers a HEAD. False when the connection ends or 10 seconds pass before. */
bool client_receive(struct client *client, bool head, struct response *response);

/* Whether the connection ends within so many milliseconds; drops what still comes. */
bool client_ends(struct client *client, int timeout_ms);

/* One GET on a connection of its own, with more header lines ("" for none, each with its CR LF). */
struct response client_get(const char *address, const char *path, const char *headers);

/* The value of a header, or NULL. Lives until the next call. */
const char *response_header(const struct response *response, const char *name);

/* Frees its texts. */
void response_free(struct response *response);

/* Seconds of CLOCK_MONOTONIC. */
double seconds_now(void);

#endif
