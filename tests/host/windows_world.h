/* SPDX-License-Identifier: Apache-2.0
 * A Windows host on fakes of everything that is asked there, played sample by sample through collectors, analysis and
 * findings. */
#ifndef CHOKEPOINT_TESTS_HOST_WINDOWS_WORLD_H
#define CHOKEPOINT_TESTS_HOST_WINDOWS_WORLD_H

#include "collectors/collect_all.h"
#include "snapshot/tables/all.h"
#include "tests/fakes/command.h"
#include "tests/fakes/event_log.h"
#include "tests/fakes/local_machine.h"
#include "tests/fakes/process_list.h"
#include "tests/fakes/tcp_table.h"
#include "tests/snapshot/sample.h"

struct windows_world {
    struct arena arena;
    struct collection *collection;
    const void *finding_options;
    struct snapshot *snapshot; /* the newest */
};

#define WINDOWS_PARAMETERS "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"

/* The registry says that it is this version: "5.2" and 3790, "6.3" and 9600; from "10.0" on as newer ones write it. */
void windows_world_version(const char *version, const char *build);

/* netsh answers as an English Windows does, with this dynamic range for both families and this autotuning level. */
void windows_world_netsh(unsigned start, unsigned count, const char *autotuning);

/* Begins with the fakes as they are. */
void windows_world_begin(struct windows_world *world);

/* Takes a sample, five seconds after the one before. */
void windows_world_sample(struct windows_world *world);

/* Frees everything and empties the fakes. */
void windows_world_end(struct windows_world *world);

/* The row of a finding; fails the test when it does not stand. */
size_t windows_world_finding(const struct windows_world *world, const char *finding);

/* A text of that row. */
const char *windows_world_text(const struct windows_world *world, const char *finding, unsigned column);

/* The row of a tuning value, -1 for none. */
long windows_world_tuning(const struct windows_world *world, const char *key, const char *field);

#endif
