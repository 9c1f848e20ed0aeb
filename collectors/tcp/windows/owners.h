/* SPDX-License-Identifier: Apache-2.0
 * Who the process numbers of one sample are: the program's file name, and as unit the services in it, so that several
 * instances of one program are told apart. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_WINDOWS_OWNERS_H
#define CHOKEPOINT_COLLECTORS_TCP_WINDOWS_OWNERS_H

#include "base/map.h"
#include "collectors/tcp/names.h"

/* Zero to start with. items runs beside pids. */
struct owners {
    struct map pids;
    struct owner *items;
    size_t capacity;
    int error; /* while a list is read: 0 or -ENOMEM */
};

/* Lists the processes anew. *ret_services_error: whether their services could be listed; processes keep their names
 * where not. 0 or negative errno, and then nobody is known. */
int owners_refresh(struct owners *owners, struct names *names, int *ret_services_error);

/* The owner with this process number; OWNER_UNKNOWN for one that is not in the list. */
struct owner owners_find(const struct owners *owners, uint32_t pid);

/* Gives the memory back. */
void owners_free(struct owners *owners);

#endif
