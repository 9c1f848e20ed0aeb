/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot/tables/system_events.h"

static const struct column columns[] = {
    [SYSTEM_EVENTS_PROVIDER] = {.name = "provider",
                                .kind = COLUMN_KEY,
                                .type = COLUMN_TEXT,
                                .bound = 64,
                                .help = "Who logged it: Tcpip, MSExchangeTransport."},
    [SYSTEM_EVENTS_ID] = {.name = "event_id",
                          .kind = COLUMN_KEY,
                          .type = COLUMN_TEXT,
                          .bound = 16,
                          .help = "Its number: Tcpip 4227 a port is taken again too soon, 4231 no TCP port is left, 4266 "
                                  "no UDP port is left; MSExchangeTransport 1009 and 1021 connections refused, 15004 to "
                                  "15007 back pressure."},
    [SYSTEM_EVENTS_EVENTS] = {.name = "events",
                              .kind = COLUMN_VALUE,
                              .type = COLUMN_COUNTER,
                              .metric = "system_events_total",
                              .help = "Events in the event log since the agent began to count. Windows only."},
};

const struct table table_system_events = {
    .name = "system_events",
    .help = "What Windows itself logged about ports and mail",
    .columns = columns,
    .column_count = COLUMN_COUNT(columns),
    .not_in_mib = "events are counted for trends; the findings made of them are in the MIB",
};
