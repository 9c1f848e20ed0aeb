/* SPDX-License-Identifier: Apache-2.0
 * Hands notifications to net-snmp, which sends them to the master, or standalone to the receivers that the
 * configuration file names. Only the SNMP thread calls here. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_TRAP_H
#define CHOKEPOINT_EXPORTER_SNMP_TRAP_H

#include "exporter/snmp/notices.h"
#include "exporter/snmp/object_id.h"

/* Sends it as the notification that CHOKEPOINT-MIB declares below the root. 0, or -ENOMEM. A master answers it; what
 * happens to it standalone, nobody tells. */
int trap_send(const struct object_id *root, const struct notice *notice);

#endif
