/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/tcp_counters.h"

#include "snapshot/tables/tcp_sockets.h"

#define COUNTER(name_, metric_, help_)                                                                                 \
    {                                                                                                                  \
        .name = name_, .kind = COLUMN_VALUE, .type = COLUMN_COUNTER, .metric = metric_, .help = help_                  \
    }

static const struct column columns[] = {
    [TCP_COUNTERS_NETNS] = {.name = "netns",
                            .kind = COLUMN_KEY,
                            .type = COLUMN_TEXT,
                            .bound = TCP_NETNS_BOUND,
                            .help = "Network namespace; empty for the agent's own."},
    [TCP_COUNTERS_ACTIVE_OPENS] =
        COUNTER("active_opens", "tcp_active_opens_total", "Connections opened from here (ActiveOpens)."),
    [TCP_COUNTERS_PASSIVE_OPENS] =
        COUNTER("passive_opens", "tcp_passive_opens_total", "Connections accepted here (PassiveOpens)."),
    [TCP_COUNTERS_ATTEMPT_FAILS] = COUNTER("attempt_fails", "tcp_attempt_fails_total",
                                           "Connections that failed before they were established (AttemptFails)."),
    [TCP_COUNTERS_RETRANSMITTED] =
        COUNTER("retransmitted_segments", "tcp_retransmitted_segments_total", "Segments sent again (RetransSegs)."),
    [TCP_COUNTERS_LISTEN_OVERFLOWS] =
        COUNTER("listen_overflows", "tcp_listen_overflows_total",
                "Connections dropped because an accept queue was full (ListenOverflows)."),
    [TCP_COUNTERS_LISTEN_DROPS] = COUNTER("listen_drops", "tcp_listen_drops_total",
                                          "Connections dropped at a listener for any reason (ListenDrops)."),
    [TCP_COUNTERS_TIME_WAIT_OVERFLOWS] = COUNTER("time_wait_overflows", "tcp_time_wait_overflows_total",
                                                 "Sockets that could not enter TIME_WAIT because tcp_max_tw_buckets "
                                                 "was reached (TCPTimeWaitOverflow)."),
    [TCP_COUNTERS_DUMPS_INTERRUPTED] = COUNTER("dumps_interrupted", "tcp_dumps_interrupted_total",
                                               "Socket dumps that the kernel cut short and that were taken again."),
};

const struct table table_tcp_counters = {
    .name = "tcp_counters",
    .help = "The kernel's own TCP counters",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .not_in_mib = "TCP-MIB and snmpd's own tables carry them",
};
