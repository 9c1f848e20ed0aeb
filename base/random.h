/* SPDX-License-Identifier: Apache-2.0
 * A number that nobody can guess. */
#ifndef CHOKEPOINT_BASE_RANDOM_H
#define CHOKEPOINT_BASE_RANDOM_H

#include <stdint.h>

/* 64 bits from the kernel; never waits. Where the kernel has none yet, an address of this process. */
uint64_t random_number(void);

#endif
