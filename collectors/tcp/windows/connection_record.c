/* SPDX-License-Identifier: Apache-2.0
 * The provider's manifest: PID and size as 32-bit numbers of this machine, destination and source address, then
 * destination and source port in network order. More fields follow. */
#include "collectors/tcp/windows/connection_record.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { CONNECT_V4 = 12, ACCEPT_V4 = 15, CONNECT_V6 = 28, ACCEPT_V6 = 31 };

#define ADDRESSES_AT 8u

static uint16_t read_port(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static struct tcp_address read_address(const uint8_t *at, bool v6)
{
    struct tcp_address address;
    if (!v6)
        return tcp_address_v4(at);
    memcpy(address.bytes, at, sizeof(address.bytes));
    return address;
}

int connection_record_read(unsigned id, const void *data, size_t size, struct connection_record *ret_record)
{
    const uint8_t *bytes = data;
    const bool v6 = id == CONNECT_V6 || id == ACCEPT_V6;
    const size_t length = v6 ? 16 : 4;
    struct connection_record record;
    if (!v6 && id != CONNECT_V4 && id != ACCEPT_V4)
        return -ENODATA;
    if (size < ADDRESSES_AT + 2 * length + 4)
        return -EINVAL;
    memcpy(&record.pid, bytes, sizeof(record.pid));
    const uint8_t *ports = bytes + ADDRESSES_AT + 2 * length;
    record.remote = read_address(bytes + ADDRESSES_AT, v6);
    record.local = read_address(bytes + ADDRESSES_AT + length, v6);
    record.remote_port = read_port(ports);
    record.local_port = read_port(ports + 2);
    *ret_record = record;
    return 0;
}
