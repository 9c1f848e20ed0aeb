/* SPDX-License-Identifier: Apache-2.0
 * The scalars of CHOKEPOINT-MIB. They always have a value, also before the first sample and where nothing is wrong: an
 * NMS puts its thresholds on them. */
#ifndef CHOKEPOINT_EXPORTER_SNMP_SCALARS_H
#define CHOKEPOINT_EXPORTER_SNMP_SCALARS_H

#include "exporter/snmp/value.h"

/* Their numbers in the MIB are 1 to SCALARS_COUNT. */
#define SCALARS_COUNT 16u

/* The value of the scalar with this number; snapshot may be NULL. */
void scalars_value(const struct snapshot *snapshot, unsigned number, struct value *ret_value);

#endif
