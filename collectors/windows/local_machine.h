/* SPDX-License-Identifier: Apache-2.0
 * The live registry, below HKEY_LOCAL_MACHINE; read only. A seam: tests link tests/fakes/local_machine.c. */
#ifndef CHOKEPOINT_COLLECTORS_WINDOWS_LOCAL_MACHINE_H
#define CHOKEPOINT_COLLECTORS_WINDOWS_LOCAL_MACHINE_H

#include <stddef.h>
#include <stdint.h>

#define LOCAL_MACHINE_BYTES 512u

/* The types that are told apart here, by the registry's own numbers ([MS-RRP] 3.1.1.5). */
enum { LOCAL_MACHINE_TEXT = 1, LOCAL_MACHINE_EXPANDABLE = 2, LOCAL_MACHINE_DWORD = 4 };

/* A value: a text as UTF-8 with its final zero, cut where it is longer; else its first bytes. */
struct local_machine_value {
    unsigned type;
    size_t length; /* of the value itself, in bytes as the registry has it */
    union {
        uint32_t number; /* DWORD of four bytes */
        char text[LOCAL_MACHINE_BYTES];
    } content;
};

/* Reads the value `name` of the key at this path, both UTF-8. 0; -ENOENT where there is none; or negative errno. */
int local_machine_read(const char *path, const char *name, struct local_machine_value *ret_value);

#endif
