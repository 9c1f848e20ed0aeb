/* SPDX-License-Identifier: Apache-2.0
 * Answers what net-snmp asks about the MIB. Only the SNMP thread calls here. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_HANDLER_H
#define CHOKEPOINT_EXPORTER_SNMP_HANDLER_H

#include "exporter/snmp/keeper.h"
#include "exporter/snmp/mib.h"

struct handler {
    struct mib *mib;
    struct keeper *keeper;
};

/* Registers everything below the root with net-snmp, which passes it on to the master when there is one. 0 or -ENOMEM.
 */
int handler_register(struct handler *handler, const struct object_id *root);

/* Asks a master that refused the registration once more. Not by taking it back first: net-snmp's master takes away the
 * registration of whoever has that place, not of whoever asks. */
void handler_register_again(const struct object_id *root);

#endif
