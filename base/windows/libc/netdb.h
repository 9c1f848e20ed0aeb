/* SPDX-License-Identifier: Apache-2.0
 * getaddrinfo(3) and getnameinfo(3), from where Windows has them. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_NETDB_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_NETDB_H

#include <winsock2.h>

#include <ws2tcpip.h>

#endif
