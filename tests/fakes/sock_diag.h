/* SPDX-License-Identifier: Apache-2.0
 * A kernel whose sockets stand in a file; linked in place of collectors/tcp/linux/sock_diag.c. A line a socket:
 *     STATE LOCAL LPORT REMOTE RPORT [inode=N] [cgroup=N] [queue=N] [limit=N] [expires=N] [v6only=1] [cookie=N]
 * [repeat=N] repeat gives N sockets whose local port and cookie count up. Lines that begin with # are comments. */
#ifndef CHOKEPOINT_TESTS_FAKES_SOCK_DIAG_H
#define CHOKEPOINT_TESTS_FAKES_SOCK_DIAG_H

/* The file that walks read; by default the one that the environment's CHOKEPOINT_FAKE_SOCKETS names. */
void fake_sock_diag_file(const char *path);

/* The next so many walks end with this error. */
void fake_sock_diag_fail(int error, unsigned walks);

/* So many walks succeed before those begin to fail; each fake_sock_diag_fail() sets it to 0. */
void fake_sock_diag_skip(unsigned walks);

#endif
