/* SPDX-License-Identifier: Apache-2.0
 * Every finding's rule, each in the file of its name. */
#ifndef CHOKEPOINT_ANALYSIS_FINDINGS_RULES_H
#define CHOKEPOINT_ANALYSIS_FINDINGS_RULES_H

#include "analysis/findings/finding.h"

extern const struct finding_rule finding_ephemeral_ports_exhausted;
extern const struct finding_rule finding_outbound_blocked;
extern const struct finding_rule finding_ephemeral_ports_filling;
extern const struct finding_rule finding_ephemeral_pool_filling;
extern const struct finding_rule finding_listen_queue_full;
extern const struct finding_rule finding_conntrack_filling;
extern const struct finding_rule finding_mail_back_pressure;
extern const struct finding_rule finding_mail_spool_space;
extern const struct finding_rule finding_mail_server_down;
extern const struct finding_rule finding_mail_inbound_limit;
extern const struct finding_rule finding_mail_source_throttled;
extern const struct finding_rule finding_mail_outbound_limit;
extern const struct finding_rule finding_mail_destination_throttles_us;
extern const struct finding_rule finding_mail_queue_old;
extern const struct finding_rule finding_mail_queue_growing;
extern const struct finding_rule finding_connect_timeouts;
extern const struct finding_rule finding_time_wait_overflow;
extern const struct finding_rule finding_close_wait_leak;
extern const struct finding_rule finding_mail_unreadable;
extern const struct finding_rule finding_collector_failing;
extern const struct finding_rule finding_sample_stale;
extern const struct finding_rule finding_tuning_inconsistent;
extern const struct finding_rule finding_tuning_below_advice;
extern const struct finding_rule finding_tuning_not_persisted;
extern const struct finding_rule finding_mail_limit_inconsistent;
extern const struct finding_rule finding_listen_port_at_risk;
extern const struct finding_rule finding_owner_unknown;
extern const struct finding_rule finding_series_limited;

#endif
