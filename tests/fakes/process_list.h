/* SPDX-License-Identifier: Apache-2.0
 * Processes and services that the test makes; linked in place of collectors/tcp/windows/process_list.c. */
#ifndef CHOKEPOINT_TESTS_FAKES_PROCESS_LIST_H
#define CHOKEPOINT_TESTS_FAKES_PROCESS_LIST_H

#include <stddef.h>
#include <stdint.h>

struct fake_process {
    uint32_t pid;
    const char *program;     /* NULL: it is gone */
    const char *services[4]; /* NULL-ended */
};

/* The processes from now on; they stay the caller's. */
void fake_process_list_set(const struct fake_process *processes, size_t count);

/* Listing programs, and listing services, ends with these errors until they are 0. */
void fake_process_list_fail(int programs, int services);

#endif
