/* SPDX-License-Identifier: Apache-2.0
 * uname(2), as far as anybody asks it. */
#ifndef CHOKEPOINT_BASE_WINDOWS_LIBC_SYS_UTSNAME_H
#define CHOKEPOINT_BASE_WINDOWS_LIBC_SYS_UTSNAME_H

struct utsname {
    char sysname[16]; /* "Windows" */
    char nodename[256];
};

/* The name of this host. 0 or -1. */
int uname(struct utsname *names);

#endif
