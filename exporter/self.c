/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/self.h"

#include "base/clock.h"
#include "version.h"

static void put_snmp(struct builder *builder, const struct self_figures *figures)
{
    if (!figures->snmp)
        return;
    builder_number(builder, AGENT_SNMP_CONNECTED, figures->snmp_connected);
    builder_number(builder, AGENT_SNMP_REGISTRATION_FAILURES, figures->snmp_registration_failures);
    builder_number(builder, AGENT_SNMP_NOTIFICATIONS, figures->snmp_notifications);
    builder_number(builder, AGENT_SNMP_NOTIFICATIONS_WAITING, figures->snmp_notifications_waiting);
    builder_number(builder, AGENT_SNMP_NOTIFICATIONS_LOST, figures->snmp_notifications_lost);
}

void self_put(struct builder *builder, struct self_process *process, const struct self_figures *figures)
{
    builder_row(builder, &table_agent);
    builder_real(builder, AGENT_SAMPLE_TIME, (double)builder_wall_now(builder) / (double)CLOCK_SECOND);
    builder_real(builder, AGENT_SAMPLE_INTERVAL, (double)figures->interval / (double)CLOCK_SECOND);
    builder_number(builder, AGENT_SAMPLES, figures->samples);
    builder_number(builder, AGENT_RELOAD_SUCCESSFUL, figures->reload_successful);
    builder_number(builder, AGENT_HTTP_REQUESTS, figures->http_requests);
    put_snmp(builder, figures);
    self_process_put(process, builder);
    for (unsigned reason = 0; reason < SELF_FAILURE_REASONS; reason++) {
        builder_row(builder, &table_failures);
        builder_number(builder, FAILURES_REASON, reason);
        builder_number(builder, FAILURES_SAMPLES, figures->failures[reason]);
    }
    builder_row(builder, &table_build);
    builder_text(builder, BUILD_VERSION, CHOKEPOINT_VERSION);
    builder_text(builder, BUILD_REVISION, CHOKEPOINT_REVISION);
    builder_number(builder, BUILD_INFO, 1);
}
