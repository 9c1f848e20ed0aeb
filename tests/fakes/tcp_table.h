/* SPDX-License-Identifier: Apache-2.0
 * A list of sockets that the test makes; linked in place of collectors/tcp/windows/tcp_table.c. */
#ifndef CHOKEPOINT_TESTS_FAKES_TCP_TABLE_H
#define CHOKEPOINT_TESTS_FAKES_TCP_TABLE_H

#include "collectors/tcp/windows/tcp_table.h"

struct fake_tcp_row {
    enum tcp_state state;
    const char *local, *remote;
    unsigned local_port, remote_port;
    uint32_t pid;
    unsigned repeat; /* so many sockets whose local port counts up; 0 is one */
};

/* The sockets from now on; rows stay the caller's. */
void fake_tcp_table_set(const struct fake_tcp_row *rows, size_t count);

/* Taking the list ends with this error until it is 0. */
void fake_tcp_table_fail(int error);

#endif
