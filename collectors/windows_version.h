/* SPDX-License-Identifier: Apache-2.0
 * Which Windows a registry is of: advice differs. Here for the live one (collectors/windows/version.h) and for an
 * offline hive, which Linux reads. */
#ifndef CHOKEPOINT_COLLECTORS_WINDOWS_VERSION_H
#define CHOKEPOINT_COLLECTORS_WINDOWS_VERSION_H

#include <stddef.h>
#include <stdint.h>

/* 5.2 is Server 2003, 6.0 Vista and Server 2008, 6.3 Server 2012 R2, 10.0 everything from 2016 on, told apart by build.
 */
struct windows_version {
    unsigned major, minor, build; /* major 1 to 99, minor 0 to 99; build 0 where it is not told */
};

#define WINDOWS_VERSION_TEXT 32u

/* The key with the values, below HKEY_LOCAL_MACHINE\SOFTWARE, which is the root of the hive SOFTWARE. */
#define WINDOWS_VERSION_KEY "Microsoft\\Windows NT\\CurrentVersion"

/* Reads values of that key, wherever it is. Each returns 0; -ENOENT where there is none of this name; -EINVAL where it
 * is of another type, or longer than size with its final zero; or negative errno. */
struct windows_version_values {
    int (*number)(void *context, const char *name, uint32_t *ret_number);      /* REG_DWORD */
    int (*text)(void *context, const char *name, char *ret_text, size_t size); /* REG_SZ, as UTF-8 */
    void *context;
};

/* Works the version out of the values. 0; -EINVAL for what is no version; -ENOENT where none is told; or negative
 * errno.
 */
int windows_version_find(const struct windows_version_values *values, struct windows_version *ret_version);

/* 100 * major + minor, as 502 for 5.2: what advice is chosen by. */
unsigned windows_version_number(const struct windows_version *version);

/* Writes "6.3.9600". */
void windows_version_format(const struct windows_version *version, char text[WINDOWS_VERSION_TEXT]);

#endif
