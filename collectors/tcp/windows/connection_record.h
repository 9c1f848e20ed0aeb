/* SPDX-License-Identifier: Apache-2.0
 * One event of the provider Microsoft-Windows-Kernel-Network as bytes: apart from the session that brings it, so that
 * recorded events can be read anywhere. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_WINDOWS_CONNECTION_RECORD_H
#define CHOKEPOINT_COLLECTORS_TCP_WINDOWS_CONNECTION_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "collectors/tcp/socket.h"

/* A connection that came to be: opened by the process, or accepted. */
struct connection_record {
    uint32_t pid;
    struct tcp_address local, remote;
    uint16_t local_port, remote_port;
};

/* Reads the data of an event with this number: connect and accept of IPv4 (12, 15) and of IPv6 (28, 31). 0; -ENODATA for
 * events that tell of nothing of the kind; -EINVAL for data that are too short. */
int connection_record_read(unsigned id, const void *data, size_t size, struct connection_record *ret_record);

#endif
