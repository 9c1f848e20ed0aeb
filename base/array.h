/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHOKEPOINT_BASE_ARRAY_H
#define CHOKEPOINT_BASE_ARRAY_H

#include <stddef.h>

/* Makes *array, of *capacity elements of size bytes from malloc(), hold one more than count; it doubles. 0, or -ENOMEM
 * with nothing changed. */
int array_make_room(void **array, size_t *capacity, size_t count, size_t size);

#endif
