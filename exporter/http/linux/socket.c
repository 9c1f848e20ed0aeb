/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include <microhttpd.h>

const char *socket_hint(int error)
{
    switch (error) {
    case -EADDRINUSE:
        return "; another process listens there ('ss -ltnp' tells which): stop it or choose another address";
    case -EACCES:
        return "; ports below 1024 need CAP_NET_BIND_SERVICE";
    case -EADDRNOTAVAIL:
        return "; no interface of this host has that address";
    default:
        return "";
    }
}

int socket_listen(const struct sockaddr *address, socklen_t size, bool both, int *ret_fd)
{
    const int on = 1, only_v6 = both ? 0 : 1;
    int error = 0;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        (address->sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof(only_v6)) < 0) ||
        bind(fd, address, size) < 0 || listen(fd, SOMAXCONN) < 0) {
        error = -errno;
        (void)close(fd);
        return error;
    }
    *ret_fd = fd;
    return 0;
}

void socket_close(int fd)
{
    (void)close(fd);
}

void socket_drop(int fd)
{
    const struct linger drop = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &drop, sizeof(drop));
    (void)shutdown(fd, SHUT_RDWR);
}

unsigned socket_daemon_flags(void)
{
    return MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC;
}
