/* SPDX-License-Identifier: Apache-2.0
 * What the system tells of this process. */
#ifndef CHOKEPOINT_EXPORTER_SELF_PROCESS_H
#define CHOKEPOINT_EXPORTER_SELF_PROCESS_H

#include "snapshot/builder.h"

struct self_process;

/* Gets ready to ask. On Linux by <procfs>/self, see proc(5); <procfs>/stat, which is dear to read on a host of many
 * processors, is read here only. 0 or -ENOMEM. */
int self_process_new(const char *procfs, struct self_process **ret_process);

/* Puts the cells of the process into the row of the table agent that was begun: those that can be read. */
void self_process_put(struct self_process *process, struct builder *builder);

/* NULL is fine. */
void self_process_free(struct self_process *process);

#endif
