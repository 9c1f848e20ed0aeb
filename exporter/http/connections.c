/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/connections.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"

void connections_init(struct connections *connections)
{
    (void)pthread_mutex_init(&connections->lock, NULL); /* cannot fail without attributes */
    connections->first = NULL;
}

void connections_destroy(struct connections *connections)
{
    (void)pthread_mutex_destroy(&connections->lock);
}

struct connection *connections_opened(struct connections *connections, int fd)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    if (!connection)
        return NULL;
    connection->fd = fd;
    connection->since = clock_monotonic();
    (void)pthread_mutex_lock(&connections->lock);
    connection->next = connections->first;
    if (connection->next)
        connection->next->previous = connection;
    connections->first = connection;
    (void)pthread_mutex_unlock(&connections->lock);
    return connection;
}

void connections_renew(struct connections *connections, struct connection *connection)
{
    if (!connection)
        return;
    (void)pthread_mutex_lock(&connections->lock);
    connection->since = clock_monotonic();
    (void)pthread_mutex_unlock(&connections->lock);
}

void connections_closed(struct connections *connections, struct connection *connection)
{
    if (!connection)
        return;
    (void)pthread_mutex_lock(&connections->lock);
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        connections->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    (void)pthread_mutex_unlock(&connections->lock);
    free(connection);
}

void connections_cut(struct connections *connections, int64_t limit)
{
    const struct linger drop = {.l_onoff = 1, .l_linger = 0};
    int64_t oldest = clock_monotonic() - limit;
    (void)pthread_mutex_lock(&connections->lock);
    for (struct connection *connection = connections->first; connection; connection = connection->next) {
        if (connection->since > oldest)
            continue;
        (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &drop, sizeof(drop));
        (void)shutdown(connection->fd, SHUT_RDWR);
    }
    (void)pthread_mutex_unlock(&connections->lock);
}
