/* SPDX-License-Identifier: Apache-2.0
 * What the agent tells of itself: the tables agent, failures and build. */
#ifndef CHOKEPOINT_EXPORTER_SELF_H
#define CHOKEPOINT_EXPORTER_SELF_H

#include "exporter/self_process.h"
#include "snapshot/builder.h"
#include "snapshot/tables/agent.h"

#define SELF_FAILURE_REASONS 3

/* The figures that others count. */
struct self_figures {
    uint64_t samples;                        /* published, this one included */
    uint64_t failures[SELF_FAILURE_REASONS]; /* by enum sample_failure */
    uint64_t http_requests;
    bool snmp; /* whether SNMP is on; the next five count only then */
    bool snmp_connected;
    uint64_t snmp_registration_failures;
    uint64_t snmp_notifications;
    uint64_t snmp_notifications_waiting;
    uint64_t snmp_notifications_lost;
    bool reload_successful;
    int64_t interval; /* nanoseconds */
};

/* Puts the three tables. Figures of the process that cannot be read are absent. Errors stick in the builder. */
void self_put(struct builder *builder, struct self_process *process, const struct self_figures *figures);

#endif
