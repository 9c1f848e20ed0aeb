/* SPDX-License-Identifier: Apache-2.0
 * Every table's header, for those who need them all: the list and the tests. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_ALL_H
#define CHOKEPOINT_SNAPSHOT_TABLES_ALL_H

#include "snapshot/tables/agent.h"
#include "snapshot/tables/collectors.h"
#include "snapshot/tables/connect_probe.h"
#include "snapshot/tables/conntrack.h"
#include "snapshot/tables/findings.h"
#include "snapshot/tables/listeners.h"
#include "snapshot/tables/mail_connections.h"
#include "snapshot/tables/mail_destinations.h"
#include "snapshot/tables/mail_internal.h"
#include "snapshot/tables/mail_limits.h"
#include "snapshot/tables/mail_queues.h"
#include "snapshot/tables/mail_servers.h"
#include "snapshot/tables/port_use.h"
#include "snapshot/tables/tcp_counters.h"
#include "snapshot/tables/tcp_events.h"
#include "snapshot/tables/tcp_internal.h"
#include "snapshot/tables/tcp_sockets.h"
#include "snapshot/tables/tcp_states.h"
#include "snapshot/tables/tuning.h"

#endif
