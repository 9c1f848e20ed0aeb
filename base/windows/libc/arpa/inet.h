/* SPDX-License-Identifier: Apache-2.0
 * inet_pton(), inet_ntop() and byte order, from where Windows has them. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_ARPA_INET_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_ARPA_INET_H

#include <winsock2.h>

#include <ws2tcpip.h>

#endif
