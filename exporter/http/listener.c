/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/parse.h"
#include "exporter/http/address.h"
#include "exporter/http/socket.h"

static int explain(const char *address, int error, struct text *why)
{
    text_format(why, "%s: %s%s", address, strerrordesc_np(-error), socket_hint(error));
    return error;
}

/* Every address of the host, with and without IPv6. */
static int open_any(const char *port, int *ret_fd)
{
    uint64_t number = 0;
    (void)parse_unsigned(port, &number);
    const struct sockaddr_in6 v6 = {
        .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT, .sin6_port = htons((uint16_t)number)};
    const struct sockaddr_in v4 = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY), .sin_port = htons((uint16_t)number)};
    int error = socket_listen((const struct sockaddr *)&v6, sizeof(v6), true, ret_fd);
    if (error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL)
        error = socket_listen((const struct sockaddr *)&v4, sizeof(v4), false, ret_fd);
    return error;
}

/* The first address of the host's name, IPv4 first. */
static int open_host(const char *address, const struct http_address *target, int *ret_fd, struct text *why)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    int failure = getaddrinfo(target->host, target->port, &hints, &list);
    if (failure || !list) {
        text_format(why, "%s: %s", address, gai_strerror(failure));
        return failure == EAI_MEMORY ? -ENOMEM : -EINVAL;
    }
    const struct addrinfo *chosen = list;
    for (const struct addrinfo *entry = list->ai_next; entry && chosen->ai_family != AF_INET; entry = entry->ai_next)
        if (entry->ai_family == AF_INET)
            chosen = entry;
    int error = socket_listen(chosen->ai_addr, (socklen_t)chosen->ai_addrlen, false, ret_fd);
    freeaddrinfo(list);
    return error < 0 ? explain(address, error, why) : 0;
}

/* Writes the address with its real port. */
static void describe(struct listener *listener)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);
    char host[INET6_ADDRSTRLEN + 20], port[8];
    if (getsockname(listener->fd, (struct sockaddr *)&address, &size) < 0 ||
        getnameinfo((const struct sockaddr *)&address, size, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    bool brackets = address.ss_family == AF_INET6;
    (void)snprintf(listener->address, sizeof(listener->address), "%s%s%s:%s", brackets ? "[" : "", host,
                   brackets ? "]" : "", port);
}

int listener_open(const char *address, struct listener *ret_listener, struct text *why)
{
    struct listener listener = {.fd = -1};
    struct http_address target;
    int error = http_address_parse(address, &target);
    if (error < 0) {
        text_format(why, "%s: not an address to listen on; " HTTP_ADDRESS_ALLOWED, address);
        return why->error ? why->error : error;
    }
    if (target.path)
        return listener_open_unix(target.path, ret_listener, why);
    if (target.host[0]) {
        error = open_host(address, &target, &listener.fd, why);
    } else {
        error = open_any(target.port, &listener.fd);
        if (error < 0)
            (void)explain(address, error, why);
    }
    if (error < 0)
        return error;
    describe(&listener);
    *ret_listener = listener;
    return 0;
}

void listener_close(struct listener *listener)
{
    if (listener->is_unix)
        listener_remove_unix(listener);
    if (listener->fd >= 0)
        socket_close(listener->fd);
    listener->fd = -1;
    listener->is_unix = false;
}
