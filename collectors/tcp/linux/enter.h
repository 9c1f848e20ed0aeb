/* SPDX-License-Identifier: Apache-2.0
 * Entering another network namespace (man 2 setns, man 7 network_namespaces). A seam: tests link tests/fakes/enter.c.
 */
#ifndef CHOKEPOINT_COLLECTORS_TCP_LINUX_ENTER_H
#define CHOKEPOINT_COLLECTORS_TCP_LINUX_ENTER_H

#include <stdint.h>

/* Moves the calling thread into the namespace that this file stands for, if it is still the one with this inode. The
 * thread never comes back. 0; -ESTALE when the file is another namespace's by now; -EPERM without CAP_SYS_ADMIN; else
 * negative errno. */
int enter_namespace(const char *path, uint64_t inode);

#endif
