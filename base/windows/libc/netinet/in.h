/* SPDX-License-Identifier: Apache-2.0
 * Addresses of sockets, from where Windows has them. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_NETINET_IN_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_NETINET_IN_H

#include <winsock2.h>

#include <ws2tcpip.h>

#endif
