/* SPDX-License-Identifier: Apache-2.0 */
#include <malloc.h>

#include "exporter/entry.h"

/* Tables of this size come and go when sockets do. glibc would learn from their first end to keep such memory in a
 * heap, where it lies between smaller pieces and is never given back (mallopt(3), M_MMAP_THRESHOLD). */
#define TABLE_BYTES (512 * 1024)

int main(int argc, char **argv)
{
    (void)mallopt(M_MMAP_THRESHOLD, TABLE_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, 2 * TABLE_BYTES);
    return entry_run(argc, argv);
}
