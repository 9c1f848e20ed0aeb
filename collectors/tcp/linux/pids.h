/* SPDX-License-Identifier: Apache-2.0
 * The processes of a host, listed once for a walk over them that may take several samples: with 100,000 of them the
 * list alone takes longer than a sample may spend. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_PIDS_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_PIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Zero to start with: a walk that is at its end. */
struct pids {
    pid_t *items; /* ascending, but for PID 1, which is the last */
    size_t count;
    size_t next;
};

/* Lists the processes below procfs and goes before the first. 0 or negative errno. */
int pids_list(struct pids *pids, const char *procfs);

/* The next process, 0 at the end. PID 1 comes last, since it hands sockets to others. */
pid_t pids_next(struct pids *pids);

/* Whether there is none to come. */
bool pids_at_end(const struct pids *pids);

/* Whether PID 1 was there to be seen: it always is, unless hidepid hides others' processes (man 5 proc). */
bool pids_include_init(const struct pids *pids);

/* Ends the walk and gives the memory back. */
void pids_free(struct pids *pids);

#endif
