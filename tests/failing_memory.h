/* SPDX-License-Identifier: Apache-2.0
 * Lets one allocation of the program fail. For tests that chokepoint_failing_memory() in tests/CMakeLists.txt has
 * linked so that malloc(), calloc() and realloc() of our code come through here. Allocations are counted over all
 * threads. */
#ifndef CHOKEPOINT_TESTS_FAILING_MEMORY_H
#define CHOKEPOINT_TESTS_FAILING_MEMORY_H

#include <stdbool.h>

/* From now on the allocation of this number, the next one being 1, fails. 0: none does. */
void failing_memory_arm(unsigned long number);

/* The same, and every one after it fails too. */
void failing_memory_arm_for_good(unsigned long number);

/* None fails any more. Whether it came to that number. */
bool failing_memory_disarm(void);

/* Counts an allocation that is made another way, and tells whether it is to fail. */
bool failing_memory_strikes(void);

#endif
