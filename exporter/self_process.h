/* SPDX-License-Identifier: Apache-2.0
 * What the system tells of this process. */
#ifndef CHOKEPOINT_EXPORTER_SELF_PROCESS_H
#define CHOKEPOINT_EXPORTER_SELF_PROCESS_H

#include "base/text.h"
#include "snapshot/builder.h"

/* When the host booted: seconds since 1970; on Linux by <procfs>/stat, which is dear to read on a host of many
 * processors; 0 where it cannot be read. buffer is scratch. */
double self_boot_time(const char *procfs, struct text *buffer);

/* Puts the cells of the process into the row of the table agent that was begun: those that can be read. boot is what
 * self_boot_time() returned, buffer is scratch. On Linux from <procfs>/self, see proc(5). */
void self_process_put(struct builder *builder, const char *procfs, double boot, struct text *buffer);

#endif
