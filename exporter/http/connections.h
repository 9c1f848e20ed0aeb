/* SPDX-License-Identifier: Apache-2.0
 * Who is connected and since when. libmicrohttpd bounds idle time only; this bounds the whole time of a request. */
#ifndef CHOKEPOINT_EXPORTER_HTTP_CONNECTIONS_H
#define CHOKEPOINT_EXPORTER_HTTP_CONNECTIONS_H

#include <pthread.h>
#include <stdint.h>

struct connection {
    struct connection *previous, *next;
    int fd;
    int64_t since; /* CLOCK_MONOTONIC: it opened, or the request before ended */
};

/* Start zeroed, with connections_init(). */
struct connections {
    pthread_mutex_t lock;
    struct connection *first;
};

/* Makes the list empty. */
void connections_init(struct connections *connections);

/* Nothing may be connected any more. */
void connections_destroy(struct connections *connections);

/* Notes a new connection; fd stays the caller's. NULL when memory is short. Any thread. */
struct connection *connections_opened(struct connections *connections, int fd);

/* A request ended; the time of the next one begins. NULL is fine. Any thread. */
void connections_renew(struct connections *connections, struct connection *connection);

/* Forgets the connection. To be called before fd is closed, so that connections_cut() never meets a number that was
 * given to somebody else. NULL is fine. Any thread. */
void connections_closed(struct connections *connections, struct connection *connection);

/* Cuts every connection that has been at one request for longer than limit nanoseconds: what is still to be sent is
 * dropped, and its thread sees the end and closes it. */
void connections_cut(struct connections *connections, int64_t limit);

#endif
