/* SPDX-License-Identifier: Apache-2.0
 * Answers what net-snmp asks about the MIB. Only the SNMP thread calls here. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_HANDLER_H
#define CHOKEPOINT_EXPORTER_SNMP_HANDLER_H

#include "exporter/snmp/keeper.h"
#include "exporter/snmp/mib.h"

struct snmp_pdu;

struct handler {
    struct mib *mib;
    struct keeper *keeper;
};

/* Registers everything below the root with net-snmp; a master is asked by master_open(). 0 or -ENOMEM. */
int handler_register(struct handler *handler, const struct object_id *root);

/* Answers the variables of an AgentX Get, or GetNext if next, in their place (RFC 2741, 7.2.3). */
void handler_answer(const struct handler *handler, bool next, struct snmp_pdu *pdu);

#endif
