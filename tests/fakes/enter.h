/* SPDX-License-Identifier: Apache-2.0
 * The second implementation of collectors/tcp/linux/enter.h: nobody is moved. */
#ifndef CHOKEPOINT_TESTS_FAKES_ENTER_H
#define CHOKEPOINT_TESTS_FAKES_ENTER_H

#include <stdint.h>

/* Entering this inode fails with this error; 0 and 0: none fails. */
void fake_enter_fail(uint64_t inode, int error);

/* The inode entered last; 0: none was. */
uint64_t fake_enter_last(void);

#endif
