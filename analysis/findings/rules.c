/* SPDX-License-Identifier: Apache-2.0
 * The list of all findings, the most urgent first: the order in which people read them. */
#include "analysis/findings/rules.h"

const struct finding_rule *const finding_rules[] = {
    &finding_ephemeral_ports_exhausted,
    &finding_outbound_blocked,
    &finding_ephemeral_ports_filling,
    &finding_ephemeral_pool_filling,
    &finding_listen_queue_full,
    &finding_conntrack_filling,
    &finding_mail_back_pressure,
    &finding_mail_spool_space,
    &finding_mail_server_down,
    &finding_mail_inbound_limit,
    &finding_mail_source_throttled,
    &finding_mail_outbound_limit,
    &finding_mail_queue_old,
    &finding_mail_queue_growing,
    &finding_connect_timeouts,
    &finding_time_wait_overflow,
    &finding_close_wait_leak,
    &finding_mail_unreadable,
    &finding_collector_failing,
    &finding_sample_stale,
    &finding_tuning_inconsistent,
    &finding_tuning_below_advice,
    &finding_tuning_not_persisted,
    &finding_mail_limit_inconsistent,
    &finding_listen_port_at_risk,
    &finding_owner_unknown,
    &finding_series_limited,
    NULL,
};
