/* SPDX-License-Identifier: Apache-2.0
 * How many files and sockets this process may have open. */
#ifndef CHOKEPOINT_BASE_DESCRIPTORS_H
#define CHOKEPOINT_BASE_DESCRIPTORS_H

#include <stddef.h>

/* Raises the soft limit to the hard one, which needs no rights (getrlimit(2), RLIMIT_NOFILE), and returns how many
 * descriptors may be open at once; at most 65,536 are asked for, since more cost kernel memory and are of no use.
 * Windows has no such limit: 65,536. */
size_t descriptors_raise_limit(void);

#endif
