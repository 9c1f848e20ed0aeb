/* SPDX-License-Identifier: Apache-2.0
 * What the agent asks of its master in packets of its own (RFC 2741), on the session that net-snmp opened: the place of
 * our MIB, and to pass on notifications. net-snmp's own way either waits for the answer, and tells nobody where none
 * comes in time, or does not care for it: here each answer is an event. Only the SNMP thread calls here. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_MASTER_H
#define CHOKEPOINT_EXPORTER_SNMP_MASTER_H

#include <stdbool.h>

#include "exporter/snmp/object_id.h"

/* So long is an answer waited for; then the session is given up, and net-snmp opens another. */
#define MASTER_ANSWER_SECONDS 2

struct snmp_session;
struct variable_list;

enum master_answer { MASTER_AGREES, MASTER_REFUSES, MASTER_SILENT };

/* Called for each question in turn, maybe before the asking function returns; not for those whose session ends. */
struct master_events {
    void (*registered)(void *context, enum master_answer answer);
    void (*notified)(void *context, enum master_answer answer);
    void *context;
};

/* A session is there, which outlives master_close(). Makes net-snmp leave what is below the root to us, and asks for
 * it. events and root are borrowed until then. */
void master_open(struct snmp_session *session, const struct object_id *root, const struct master_events *events);

/* The session is over. */
void master_close(void);

/* Whether there is a session. */
bool master_is_open(void);

/* Asks for the place once more where the master refused it; else does nothing. (Nothing is taken back before:
 * net-snmp's master takes away the registration of whoever has that place, not of whoever asks.) */
void master_register_again(void);

/* Hands on a notification. Takes the variables, of which snmpTrapOID is the first. */
void master_notify(struct variable_list *variables);

#endif
