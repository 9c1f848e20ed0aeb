/* SPDX-License-Identifier: Apache-2.0
 * What the agent tells of itself. */
#ifndef CHOKEPOINT_SNAPSHOT_TABLES_AGENT_H
#define CHOKEPOINT_SNAPSHOT_TABLES_AGENT_H

#include "snapshot/declaration.h"

enum {
    AGENT_SAMPLE_TIME,
    AGENT_SAMPLE_INTERVAL,
    AGENT_SAMPLES,
    AGENT_RELOAD_SUCCESSFUL,
    AGENT_HTTP_REQUESTS,
    AGENT_SNMP_CONNECTED, /* these five are absent where SNMP is off */
    AGENT_SNMP_REGISTRATION_FAILURES,
    AGENT_SNMP_NOTIFICATIONS,
    AGENT_SNMP_NOTIFICATIONS_WAITING,
    AGENT_SNMP_NOTIFICATIONS_LOST,
    AGENT_CPU,
    AGENT_RESIDENT_MEMORY,
    AGENT_VIRTUAL_MEMORY,
    AGENT_OPEN_FDS,
    AGENT_MAX_FDS,
    AGENT_START_TIME,
};

enum { FAILURES_REASON, FAILURES_SAMPLES };

enum { SERIES_TABLE, SERIES_SERIES, SERIES_ROWS_FOLDED };

enum { BUILD_VERSION, BUILD_REVISION, BUILD_INFO };

/* The words of failures.reason. */
enum sample_failure { FAILURE_MEMORY, FAILURE_LATE, FAILURE_INTERNAL };

extern const struct table table_agent;
extern const struct table table_failures;
extern const struct table table_series; /* filled by the builder itself */
extern const struct table table_build;

#endif
