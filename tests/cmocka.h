/* SPDX-License-Identifier: Apache-2.0
 * cmocka with the headers that it wants included before it. */
#ifndef CHOKEPOINT_TESTS_CMOCKA_H
#define CHOKEPOINT_TESTS_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
