/* SPDX-License-Identifier: Apache-2.0
 * Memory that is given back whole: what belongs to one snapshot, one configuration or one parse lives in one arena. */
#ifndef CHOKEPOINT_BASE_ARENA_H
#define CHOKEPOINT_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Start with ARENA_EMPTY; an empty arena owns nothing. */
struct arena {
    struct arena_block *newest;
};

#define ARENA_EMPTY ((struct arena){NULL})

/* Returns size zeroed bytes, aligned for any object, or NULL when memory is short. They live until arena_free(). */
void *arena_allocate(struct arena *arena, size_t size);

/* Copies length bytes of text and ends them with a zero byte. NULL when memory is short. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* printf() into the arena. NULL when memory is short. */
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Gives back everything at once; the arena is empty and usable afterwards. */
void arena_free(struct arena *arena);

#endif
