/* SPDX-License-Identifier: Apache-2.0
 * poll(2) over sockets, as Windows has it. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_POLL_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_POLL_H

#include <winsock2.h>

#define poll WSAPoll

typedef ULONG nfds_t;

#endif
