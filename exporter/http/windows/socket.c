/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/http/socket.h"

#include <errno.h>

#include <microhttpd.h>

#include "base/windows/error.h"

const char *socket_hint(int error)
{
    switch (error) {
    case -EADDRINUSE:
        return "; another process listens there ('netstat -anob' tells which): stop it or choose another address";
    case -EACCES:
        return "; Windows or another process keeps this port for itself ('netsh int ipv4 show excludedportrange tcp' "
               "tells): choose another one";
    case -EADDRNOTAVAIL:
        return "; no interface of this host has that address";
    default:
        return "";
    }
}

static bool set_on(SOCKET handle, int level, int option, DWORD value)
{
    return setsockopt(handle, level, option, (const char *)&value, sizeof(value)) == 0;
}

/* SO_EXCLUSIVEADDRUSE: without it any process may bind the same port and take what was meant for us. */
static bool prepare(SOCKET handle, int family, bool both)
{
    u_long on = 1;
    return ioctlsocket(handle, (long)FIONBIO, &on) == 0 && set_on(handle, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1) &&
           (family != AF_INET6 || set_on(handle, IPPROTO_IPV6, IPV6_V6ONLY, !both)) &&
           SetHandleInformation((HANDLE)handle, HANDLE_FLAG_INHERIT, 0);
}

int socket_listen(const struct sockaddr *address, socklen_t size, bool both, int *ret_fd)
{
    SOCKET handle = socket(address->sa_family, SOCK_STREAM, 0);
    if (handle == INVALID_SOCKET)
        return error_from_windows((unsigned long)WSAGetLastError());
    if (!prepare(handle, address->sa_family, both) || bind(handle, address, size) != 0 ||
        listen(handle, SOMAXCONN) != 0) {
        int error = error_from_windows((unsigned long)WSAGetLastError());
        (void)closesocket(handle);
        return error;
    }
    *ret_fd = (int)handle;
    return 0;
}

void socket_close(int fd)
{
    (void)closesocket((SOCKET)fd);
}

void socket_drop(int fd)
{
    const struct linger drop = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt((SOCKET)fd, SOL_SOCKET, SO_LINGER, (const char *)&drop, sizeof(drop));
    (void)shutdown((SOCKET)fd, SD_BOTH);
}

unsigned socket_daemon_flags(void)
{
    return MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC;
}
