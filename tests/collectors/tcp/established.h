/* SPDX-License-Identifier: Apache-2.0
 * What a snapshot has of one namespace. */
#ifndef CHOKEPOINT_TESTS_COLLECTORS_TCP_ESTABLISHED_H
#define CHOKEPOINT_TESTS_COLLECTORS_TCP_ESTABLISHED_H

#include <string.h>

#include "snapshot/snapshot.h"
#include "snapshot/tables/all.h"

/* Its established sockets; 0 where it has no row. */
static inline uint64_t established(const struct snapshot *snapshot, const char *netns)
{
    for (size_t i = 0; i < snapshot_row_count(snapshot, &table_tcp_states); i++)
        if (strcmp(snapshot_text(snapshot, &table_tcp_states, i, TCP_STATES_NETNS), netns) == 0 &&
            snapshot_number(snapshot, &table_tcp_states, i, TCP_STATES_STATE) == TCP_STATE_ESTABLISHED)
            return snapshot_number(snapshot, &table_tcp_states, i, TCP_STATES_SOCKETS);
    return 0;
}

#endif
