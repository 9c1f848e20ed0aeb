/* SPDX-License-Identifier: Apache-2.0
 * What had to be asked of the files, remembered so that a directory that changed costs one question for each new
 * message and not for all. Names come in much the same order each time a directory is read (ext4, xfs, btrfs and tmpfs
 * keep it), so a list in that order and a place in it do for 8 octets a message; what is not found near that place is
 * asked again. */
#ifndef CHOKEPOINT_COLLECTORS_MAIL_KNOWN_H
#define CHOKEPOINT_COLLECTORS_MAIL_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* tag: 30 bits of a hash of the name, two of the answer's kind. */
struct known_answer {
    uint32_t tag;
    uint32_t value;
};

/* Start with zeroes. */
struct known {
    struct known_answer *items;
    size_t count;
    size_t capacity;
    size_t next; /* where the search for the next name begins */
};

/* Looks for a name near the place of the last one found. */
bool known_find(struct known *known, const char *name, size_t length, unsigned *ret_kind, uint32_t *ret_value);

/* Appends a name with its answer, of a kind from 0 to 3, while there are fewer than limit. Whether it was appended:
 * what cannot be remembered, for want of memory too, is only asked again. */
bool known_add(struct known *known, size_t limit, const char *name, size_t length, unsigned kind, uint32_t value);

/* Puts fresh in the place of *known, whose memory is given back, and begins at its start. */
void known_replace(struct known *known, struct known fresh);

/* Gives the memory back. */
void known_free(struct known *known);

#endif
