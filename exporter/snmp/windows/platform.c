/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/snmp/platform.h"

#include <errno.h>
#include <stdlib.h>

#include <winsock2.h>

#include "base/windows/error.h"
#include "base/windows/wide.h"

const char platform_nowhere[] = "NUL";

/* packaging/windows/dependencies builds net-snmp without its reader of MIB texts. */
int platform_forget_files(void)
{
    return _putenv("SNMPCONFPATH=") == 0 ? 0 : -ENOMEM;
}

/* select() takes sockets only: a datagram socket on loopback that is connected to itself. It takes no TCP port. */
int platform_wake_new(int *ret_fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int size = sizeof(address);
    u_long on = 1;
    SOCKET handle = socket(AF_INET, SOCK_DGRAM, 0);
    if (handle == INVALID_SOCKET)
        return error_from_windows((unsigned long)WSAGetLastError());
    if (ioctlsocket(handle, (long)FIONBIO, &on) != 0 || bind(handle, (const struct sockaddr *)&address, size) != 0 ||
        getsockname(handle, (struct sockaddr *)&address, &size) != 0 ||
        connect(handle, (const struct sockaddr *)&address, size) != 0) {
        int error = error_from_windows((unsigned long)WSAGetLastError());
        (void)closesocket(handle);
        return error;
    }
    platform_keep_private((int)handle);
    *ret_fd = (int)handle;
    return 0;
}

void platform_wake(int fd)
{
    (void)send((SOCKET)fd, "", 1, 0);
}

bool platform_wake_take(int fd)
{
    char octets[64];
    bool taken = false;
    while (recv((SOCKET)fd, octets, sizeof(octets), 0) > 0)
        taken = true;
    return taken;
}

void platform_wake_free(int fd)
{
    if (fd >= 0)
        (void)closesocket((SOCKET)fd);
}

void platform_hang_up(int fd)
{
    (void)shutdown((SOCKET)fd, SD_BOTH);
}

void platform_keep_private(int fd)
{
    (void)SetHandleInformation((HANDLE)(SOCKET)fd, HANDLE_FLAG_INHERIT, 0);
}

/* Its access list is that of the directory above, which the installer makes for administrators only. */
void platform_make_directory(const char *path)
{
    wchar_t wide[MAX_PATH];
    if (wide_from_utf8(wide, MAX_PATH, path) == 0)
        (void)CreateDirectoryW(wide, NULL);
}
