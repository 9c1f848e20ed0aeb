/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/connections.h"

#include <stdlib.h>

#include "base/clock.h"
#include "exporter/http/socket.h"

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
    int64_t oldest = clock_monotonic() - limit;
    (void)pthread_mutex_lock(&connections->lock);
    for (struct connection *connection = connections->first; connection; connection = connection->next) {
        if (connection->since <= oldest)
            socket_drop(connection->fd);
    }
    (void)pthread_mutex_unlock(&connections->lock);
}
