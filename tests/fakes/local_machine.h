/* SPDX-License-Identifier: Apache-2.0
 * A registry that the test fills; linked in place of collectors/windows/local_machine.c. Paths and names are compared
 * without regard to case, as Windows does. */
#ifndef CHOKEPOINT_TESTS_FAKES_LOCAL_MACHINE_H
#define CHOKEPOINT_TESTS_FAKES_LOCAL_MACHINE_H

#include <stdint.h>

/* Sets a DWORD, and a text of this type; they stay the caller's. The newest rules. */
void fake_local_machine_number(const char *path, const char *name, uint32_t number);
void fake_local_machine_text(const char *path, const char *name, unsigned type, const char *text);

/* Every reading ends with this error until it is 0. */
void fake_local_machine_fail(int error);

/* The registry is empty and can be read. */
void fake_local_machine_clear(void);

#endif
