/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "base/clock.h"
#include "exporter/http/answer.h"
#include "exporter/http/connections.h"
#include "exporter/http/listener.h"
#include "exporter/http/socket.h"

#define CONNECTIONS_PER_IP_MAX 32u
/* Of each connection: 16 KiB of request headers, and as much to parse them into. */
#define CONNECTION_MEMORY ((size_t)32 * 1024)
#define IDLE_SECONDS      10u
#define REQUEST_LIMIT     (30 * CLOCK_SECOND)

/* One listening socket and who serves it. */
struct endpoint {
    struct listener listener;
    struct MHD_Daemon *daemon;
};

struct http_server {
    struct answer_source source;
    struct connections connections;
    int64_t request_limit;
    unsigned connections_max;
    struct text warning;
    struct endpoint *endpoints; /* the addresses in their order, then the control socket if there is one */
    size_t endpoint_count;
    char *telemetry_path;
};

static void on_connection(void *context, struct MHD_Connection *mhd, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        connections_closed(&server->connections, *socket_context);
        *socket_context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info)
        return;
    *socket_context = connections_opened(&server->connections, (int)info->connect_fd);
    if (!*socket_context)
        socket_drop((int)info->connect_fd); /* what cannot be watched is not served */
}

static void on_completed(void *context, struct MHD_Connection *mhd, void **request,
                         enum MHD_RequestTerminationCode code)
{
    struct http_server *server = context;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    (void)request;
    (void)code;
    if (info)
        connections_renew(&server->connections, info->socket_context);
}

/* libmicrohttpd found itself broken. Its own handler writes to standard error; the core dump tells more. */
static void on_panic(void *context, const char *file, unsigned line, const char *reason)
{
    (void)context;
    (void)file;
    (void)line;
    (void)reason;
    abort();
}

static int start_daemon(struct http_server *server, struct endpoint *endpoint, struct text *why)
{
    const unsigned per_ip = endpoint->listener.is_unix ? 0 : CONNECTIONS_PER_IP_MAX;
    errno = 0;
    endpoint->daemon =
        MHD_start_daemon(socket_daemon_flags(), 0, NULL, NULL, answer_request, &server->source,
                         MHD_OPTION_LISTEN_SOCKET, (MHD_socket)endpoint->listener.fd, MHD_OPTION_CONNECTION_LIMIT,
                         server->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_ip,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
                         IDLE_SECONDS, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_NOTIFY_COMPLETED,
                         on_completed, server, MHD_OPTION_UNESCAPE_CALLBACK, answer_unescape, NULL, MHD_OPTION_END);
    if (endpoint->daemon) {
        endpoint->listener.fd = -1; /* the daemon closes it */
        return 0;
    }
    int error = errno ? -errno : -ENOMEM;
    text_format(why, "%s: cannot serve: %s", endpoint->listener.address, strerrordesc_np(-error));
    return error;
}

static int open_endpoints(struct http_server *server, const struct http_settings *settings, struct text *why)
{
    for (size_t i = 0; i < settings->listen_address_count; i++) {
        struct endpoint *endpoint = &server->endpoints[server->endpoint_count];
        int error = listener_open(settings->listen_addresses[i], &endpoint->listener, why);
        if (error < 0)
            return error;
        server->endpoint_count++;
    }
    if (!settings->control_socket)
        return 0;
    struct listener *control = &server->endpoints[server->endpoint_count].listener;
    int error =
        listener_open_unix(settings->control_socket, control, settings->control_optional ? &server->warning : why);
    if (error == 0)
        server->endpoint_count++;
    return error < 0 && !settings->control_optional ? error : 0;
}

static int check_settings(const struct http_settings *settings, struct text *why)
{
    if (settings->telemetry_path && settings->telemetry_path[0] == '/')
        return 0;
    text_format(why, "%s: the path of the metrics begins with /",
                settings->telemetry_path ? settings->telemetry_path : "");
    return why->error ? why->error : -EINVAL;
}

static struct http_server *server_new(const struct http_settings *settings, struct renderer *renderer)
{
    struct http_server *server = calloc(1, sizeof(*server));
    if (!server)
        return NULL;
    connections_init(&server->connections);
    server->source.renderer = renderer;
    server->request_limit = settings->request_limit > 0 ? settings->request_limit : REQUEST_LIMIT;
    server->connections_max = settings->connections_max > 0 ? settings->connections_max : HTTP_CONNECTIONS_MAX;
    server->endpoints = calloc(settings->listen_address_count + 1, sizeof(*server->endpoints));
    server->telemetry_path = strdup(settings->telemetry_path);
    server->source.telemetry_path = server->telemetry_path;
    if (!server->endpoints || !server->telemetry_path) {
        http_server_stop(server);
        return NULL;
    }
    return server;
}

int http_server_start(const struct http_settings *settings, struct renderer *renderer, struct http_server **ret_server,
                      struct text *why)
{
    int error = check_settings(settings, why);
    if (error < 0)
        return error;
    struct http_server *server = server_new(settings, renderer);
    if (!server)
        return -ENOMEM;
    MHD_set_panic_func(on_panic, NULL);
    /* All or none: nobody is served before every address is open. */
    error = open_endpoints(server, settings, why);
    for (size_t i = 0; error == 0 && i < server->endpoint_count; i++)
        error = start_daemon(server, &server->endpoints[i], why);
    if (error < 0) {
        http_server_stop(server);
        return error;
    }
    *ret_server = server;
    return 0;
}

const char *http_server_address(const struct http_server *server, size_t index)
{
    return server->endpoints[index].listener.address;
}

const char *http_server_warning(const struct http_server *server)
{
    return server->warning.length > 0 ? text_value(&server->warning) : NULL;
}

uint64_t http_server_requests(const struct http_server *server)
{
    return atomic_load_explicit(&server->source.requests, memory_order_relaxed);
}

void http_server_sweep(struct http_server *server)
{
    connections_cut(&server->connections, server->request_limit);
}

void http_server_stop(struct http_server *server)
{
    if (!server)
        return;
    for (size_t i = 0; server->endpoints && i < server->endpoint_count; i++) {
        if (server->endpoints[i].daemon)
            MHD_stop_daemon(server->endpoints[i].daemon);
        listener_close(&server->endpoints[i].listener);
    }
    connections_destroy(&server->connections);
    text_free(&server->warning);
    free(server->endpoints);
    free(server->telemetry_path);
    free(server);
}
