/* SPDX-License-Identifier: Apache-2.0
 * Which Windows this is: advice differs. */
#ifndef CHOKEPOINT_COLLECTORS_WINDOWS_VERSION_H
#define CHOKEPOINT_COLLECTORS_WINDOWS_VERSION_H

/* 5.2 is Server 2003, 6.0 Vista and Server 2008, 6.3 Server 2012 R2, 10.0 everything from 2016 on, told apart by build.
 */
struct windows_version {
    unsigned major, minor, build;
};

#define WINDOWS_VERSION_TEXT 32u

/* Reads it from the registry: what GetVersionEx() says depends on the program's manifest. 0, -EINVAL for what is no
 * version, or negative errno. */
int windows_version_read(struct windows_version *ret_version);

/* Writes "6.3.9600". */
void windows_version_format(const struct windows_version *version, char text[WINDOWS_VERSION_TEXT]);

#endif
