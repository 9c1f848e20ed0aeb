/* SPDX-License-Identifier: Apache-2.0
 * Finds who holds wanted sockets by walking /proc/PID/fd. The walk is dear (about 4 us a descriptor), so it happens
 * only while sockets are wanted, within a time budget, and goes on where it stopped. */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_PROCESSES_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_PROCESSES_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collectors/tcp/linux/inodes.h"
#include "collectors/tcp/linux/pids.h"
#include "collectors/tcp/names.h"

/* A name of the configuration's choice for processes whose command line matches (POSIX extended). */
struct process_rule {
    regex_t pattern;
    const char *name;
};

/* So many processes that open connections are remembered. */
#define PROCESSES_OPENERS 64u

/* rules outlive it. */
struct processes {
    const char *procfs;
    const struct process_rule *rules;
    size_t rule_count;
    struct pids pids;    /* of the walk that is under way */
    bool walking;        /* one is */
    pid_t current;       /* the process that it stopped in; 0: between two */
    long position;       /* and where in its descriptors (man 3 telldir) */
    uint32_t looked;     /* processes of the walk so far */
    uint32_t unreadable; /* those of them whose descriptors we may not look at */
    bool hidden;         /* not even PID 1 was there to be seen in the last whole walk (hidepid, man 5 proc) */
    bool blind;          /* that, or more than one in ten was unreadable */
    /* Who was found with a socket that was new at the time; a ring. */
    pid_t openers[PROCESSES_OPENERS];
    unsigned next_opener;
};

/* How far one walk may go. A host that is short of processors makes it wait, which is not its own doing: so there is a
 * bound on its own work, and a later one on the time. */
struct processes_limit {
    int64_t cpu;      /* nanoseconds of this thread's own */
    int64_t deadline; /* CLOCK_MONOTONIC */
};

/* Walks until nothing is wanted, all processes were visited, or the limit is reached. A descriptor held by several goes
 * to the lowest process number, PID 1 last. now: seconds for inodes_resolve(). 0, or the errno of reading procfs
 * itself; a process that vanishes or may not be read is passed over. */
int processes_resolve(struct processes *processes, struct inodes *inodes, struct names *names, uint32_t now,
                      const struct processes_limit *limit);

/* Asks those who opened connections before whether they hold what is wanted, and names them for now: the walk may find
 * one of lower number that does. Only while a walk is under way: it takes longer than a short connection lives, so it
 * would find nobody. */
void processes_ask_openers(struct processes *processes, struct inodes *inodes, struct names *names,
                           const struct processes_limit *limit);

/* The name that the rules give to a command line, its arguments set apart by blanks. NAME_UNKNOWN if none does. */
uint32_t processes_rule_name(const struct processes *processes, struct names *names, const char *command);

/* Gives the memory back. */
void processes_free(struct processes *processes);

/* The name of a process: a rule's, else its executable's base name without " (deleted)", else its comm.
 * NAME_UNKNOWN if none can be read. */
uint32_t processes_name(const struct processes *processes, struct names *names, pid_t pid);

#endif
