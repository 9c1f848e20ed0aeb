/* SPDX-License-Identifier: Apache-2.0
 * Answers what net-snmp asks about the MIB. Only the SNMP thread calls here. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_HANDLER_H
#define CHOKEPOINT_EXPORTER_SNMP_HANDLER_H

#include "exporter/snmp/keeper.h"
#include "exporter/snmp/mib.h"

struct handler {
    struct mib *mib;
    struct keeper *keeper;
    struct netsnmp_handler_registration_s *registration;
};

/* Registers everything below the root with net-snmp, which passes it on to the master when there is one. 0 or -ENOMEM.
 */
int handler_register(struct handler *handler, const struct object_id *root);

/* Takes the registration back. Fine when there is none. */
void handler_unregister(struct handler *handler);

#endif
