/* SPDX-License-Identifier: Apache-2.0
 * Sockets, from where Windows has them. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_SYS_SOCKET_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_SYS_SOCKET_H

#include <winsock2.h>

#include <ws2tcpip.h>

#endif
