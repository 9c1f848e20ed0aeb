/* SPDX-License-Identifier: Apache-2.0
 * Rows of the two tables that the tests of folding use. */
#ifndef CHOKEPOINT_TESTS_SNAPSHOT_FOLD_ROWS_H
#define CHOKEPOINT_TESTS_SNAPSHOT_FOLD_ROWS_H

#include "snapshot/tables/all.h"
#include "tests/snapshot/sample.h"

static inline void put_socket(struct builder *builder, const char *process, unsigned port, unsigned state,
                              uint64_t count)
{
    builder_row(builder, &table_tcp_sockets);
    builder_text(builder, TCP_SOCKETS_PROCESS, process);
    builder_number(builder, TCP_SOCKETS_ROLE, TCP_ROLE_OUTBOUND);
    builder_number(builder, TCP_SOCKETS_PORT, port);
    builder_number(builder, TCP_SOCKETS_STATE, state);
    builder_number(builder, TCP_SOCKETS_SOCKETS, count);
}

static inline uint64_t sum(const struct snapshot *snapshot, const struct table *table, unsigned column)
{
    uint64_t total = 0;
    for (size_t i = 0; i < snapshot_row_count(snapshot, table); i++)
        total += snapshot_number(snapshot, table, i, column);
    return total;
}

static inline void put_use(struct builder *builder, const char *destination, uint64_t used, bool weak)
{
    builder_row(builder, &table_port_use);
    builder_text(builder, PORT_USE_DESTINATION, destination);
    builder_number(builder, PORT_USE_USED, used);
    builder_real(builder, PORT_USE_RATIO, (double)used / 28232);
    if (weak)
        builder_weak(builder);
}

#endif
