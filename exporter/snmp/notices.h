/* SPDX-License-Identifier: Apache-2.0
 * What an NMS is told without asking: findings that are raised and cleared (chokepointFindingRaised and -Cleared of
 * CHOKEPOINT-MIB). Follows the published snapshots and keeps a bounded queue of what is still to be sent. Pure: no SNMP
 * library is needed to ask. One thread. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_NOTICES_H
#define CHOKEPOINT_EXPORTER_SNMP_NOTICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/snmp/value.h"
#include "snapshot/snapshot.h"
#include "snapshot/tables/findings.h"
#include "snapshot/tables/tcp_sockets.h"

/* Their numbers in the MIB, below chokepointNotifications. */
enum notice_kind { NOTICE_RAISED = 1, NOTICE_CLEARED };

/* One notification. The first three texts are what a finding is known by; all are UTF-8. */
struct notice {
    enum notice_kind kind;
    uint32_t sequence; /* from 1 since the agent started; each change has one, sent or lost */
    bool again;        /* it was sent before, and nobody acknowledged it */
    enum finding_severity severity;
    char finding[FINDING_NAME_BOUND + 1];
    char subject[FINDING_SUBJECT_BOUND + 1];
    char netns[TCP_NETNS_BOUND + 1];
    char culprit[VALUE_MAX_OCTETS + 1];
    char sentence[VALUE_MAX_OCTETS + 1];
    char remedy[VALUE_MAX_OCTETS + 1];
};

/* The most that wait to be sent: beyond it the oldest is lost. The most findings that are told as standing: a table
 * shows fewer, and the others are those that it folded since. */
#define NOTICES_QUEUED 256u
#define NOTICES_TOLD   192u

/* The most that are sent without an answer: net-snmp's master stops for ever when it is sent hundreds and its own
 * answers are not read meanwhile. */
#define NOTICES_UNANSWERED 16u

struct notices;

/* Follows findings of at least this severity. 0 or -ENOMEM. */
int notices_new(enum finding_severity least, struct notices **ret_notices);

/* NULL is fine. */
void notices_free(struct notices *notices);

/* Queues what changed since the snapshot before: first what was cleared, then what was raised or changed its severity,
 * the worst first. A finding that is only folded now still stands. The findings that are not shown count as one, named
 * `other`. 0 or -ENOMEM; then the next snapshot shows the change. */
int notices_follow(struct notices *notices, const struct snapshot *snapshot);

/* Queues everything that stands and is not in the queue, as raised: who listens may have missed it. */
void notices_repeat(struct notices *notices);

/* The oldest that is to be sent, or NULL; also while too many are unanswered. Borrowed, until the next call that
 * changes anything. */
const struct notice *notices_first(const struct notices *notices);

/* It is sent. It stays in the queue until that is answered. */
void notices_sent(struct notices *notices);

/* The oldest that was sent has arrived, or is lost for good. Nothing happens where none is unanswered. */
void notices_answered(struct notices *notices, bool arrived);

/* Nobody will answer for what was sent: it is to be sent once more, with its sequence; what was sent twice is lost. */
void notices_take_back(struct notices *notices);

/* How many are in the queue, how many arrived, and how many were lost: also those for which it had no room. */
size_t notices_waiting(const struct notices *notices);
uint64_t notices_arrived(const struct notices *notices);
uint64_t notices_lost(const struct notices *notices);

#endif
