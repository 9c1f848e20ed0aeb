/* SPDX-License-Identifier: Apache-2.0
 * Standalone, SNMPv3 receivers of informs whose engine the configuration does not name (RFC 3414, 4). net-snmp stops to
 * ask such a one whenever it has something to send; here each is asked aside, again and again until it answers, and
 * only then sent anything. Only the SNMP thread calls here. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_RECEIVERS_H
#define CHOKEPOINT_EXPORTER_SNMP_RECEIVERS_H

#include <stdbool.h>

#define RECEIVERS_MOST 32u

struct snmp_session;

/* Takes over a session with SNMPv3 that is being opened; whether it is such a receiver shows later. False beyond
 * RECEIVERS_MOST: then it is left to net-snmp. */
bool receivers_add(struct snmp_session *session);

/* Asks all that have not answered, once the configuration is read. found is called for each that answers. */
void receivers_ask(void (*found)(void *context), void *context);

/* Forgets all, before their sessions are closed. */
void receivers_forget(void);

#endif
