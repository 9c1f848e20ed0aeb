/* SPDX-License-Identifier: Apache-2.0
 * The command that sets a value as advised, now and for good, and the one that takes it back: made of the entry and the
 * value in force, so that they are right for every host and every advice. */
#ifndef CHOKEPOINT_COLLECTORS_TUNING_REMEDY_H
#define CHOKEPOINT_COLLECTORS_TUNING_REMEDY_H

#include <stdbool.h>

#include "collectors/tuning/reading.h"

/* What a note holds, with its final zero. */
#define REMEDY_SIZE 256u

/* Both empty where there is nothing to do. */
struct remedy {
    char command[REMEDY_SIZE];
    char undo[REMEDY_SIZE];
};

/* For a shell of root: a file in /etc/sysctl.d that sorts last, and sysctl(8). Also keeps over a reboot what is as it
 * should be but would not stay. Undo goes back to the value in force. */
void remedy_sysctl(const struct reading *reading, struct remedy *ret_remedy);

/* For an administrator's command prompt: reg.exe. The live registry's path, also for a hive: it is set where it runs.
 */
void remedy_registry(const struct reading *reading, struct remedy *ret_remedy);

/* For an administrator's command prompt: netsh, at once and for good. */
void remedy_netsh(const struct reading *reading, struct remedy *ret_remedy);

#endif
